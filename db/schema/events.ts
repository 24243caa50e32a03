// Market events and the epochs they move. An epoch is the sequence number of the newest event that covers
// (world, scope); '*' stands for every world or every subject.
import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, instant, newestFirst } from './columns';

export const marketEvents = pgTable(
  'market_events',
  {
    id: text('id').primaryKey(),
    /** Drawn under an advisory lock held to commit, so that the order of numbers is the order of commits. */
    seq: count('seq').notNull().unique(),
    type: text('type').notNull(),
    /** Null covers all worlds. */
    world: text('world'),
    everything: boolean('everything').notNull(),
    /** Normalised subjects (domain/research/cache-key.ts); empty when everything is covered. */
    subjects: text('subjects').array().notNull(),
    reason: text('reason').notNull(),
    happenedAt: instant('happened_at').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [index('market_events_recorded').on(newestFirst(table.recordedAt))],
);

export const epochs = pgTable(
  'epochs',
  {
    world: text('world').notNull(),
    scope: text('scope').notNull(),
    seq: count('seq').notNull(),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.world, table.scope] })],
);
