// What was done to the desk's Temporal Schedules, and what the last sync was made from.
import { bigserial, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant, newestFirst } from './columns';

export const scheduleSyncs = pgTable(
  'schedule_syncs',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Hash of the schedules that settings, watchlists, competitions and calendars ask for. */
    fingerprint: text('fingerprint').notNull(),
    /** Who asked: a person's command, or the worker that keeps them in line. */
    cause: text('cause', { enum: ['person', 'worker'] }).notNull(),
    /** Those that were created, replaced (with what differed), deleted or refused (with the reason). */
    changes: jsonb('changes').notNull(),
    syncedAt: instant('synced_at').notNull(),
  },
  (table) => [index('schedule_syncs_recent').on(newestFirst(table.syncedAt))],
);
