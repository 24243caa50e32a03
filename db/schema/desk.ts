// The desk: market sessions, run-time settings with their history, and requests already served.
import { sql } from 'drizzle-orm';
import { bigserial, boolean, check, date, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant, money, newestFirst } from './columns';
import { worlds } from './worlds';

export const marketSessions = pgTable(
  'market_sessions',
  {
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    market: text('market').notNull(),
    date: date('date', { mode: 'string' }).notNull(),
    kind: text('kind').notNull(),
    status: text('status', { enum: ['running', 'finished', 'skipped', 'failed', 'cancelled'] }).notNull(),
    decisionAt: instant('decision_at').notNull(),
    stakeMicroUsd: money('stake_micro_usd').notNull(),
    subjects: jsonb('subjects').notNull(),
    mode: text('mode').notNull(),
    synthetic: boolean('synthetic').notNull(),
    costMicroUsd: money('cost_micro_usd').notNull().default(0),
    savedMicroUsd: money('saved_micro_usd').notNull().default(0),
    providerCalls: integer('provider_calls').notNull().default(0),
    wallMs: integer('wall_ms'),
    note: text('note'),
    /** When its schedule meant it to start; null for runs by hand. */
    scheduledAt: instant('scheduled_at'),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('market_sessions_recent').on(table.world, newestFirst(table.startedAt)),
    index('market_sessions_open').on(table.startedAt).where(sql`ended_at is null`),
    check(
      'market_sessions_status',
      sql`${table.status} in ('running', 'finished', 'skipped', 'failed', 'cancelled')`,
    ),
    check('market_sessions_end', sql`(${table.status} = 'running') = (${table.endedAt} is null)`),
    check(
      'market_sessions_totals',
      sql`${table.costMicroUsd} >= 0 and ${table.savedMicroUsd} >= 0 and ${table.providerCalls} >= 0`,
    ),
  ],
);

export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  category: text('category').notNull(),
  value: jsonb('value').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const settingsHistory = pgTable(
  'settings_history',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    key: text('key').notNull(),
    oldValue: jsonb('old_value'),
    newValue: jsonb('new_value'),
    reason: text('reason').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [index('settings_history_key').on(table.key, newestFirst(table.changedAt))],
);

/** Requests by idempotency key: the same key with another body is refused. */
export const requests = pgTable(
  'requests',
  {
    key: text('key').primaryKey(),
    kind: text('kind').notNull(),
    bodyHash: text('body_hash').notNull(),
    /** Neither written nor read any more; the version before still names it. */
    workflowId: text('workflow_id'),
    status: text('status', { enum: ['open', 'done', 'failed'] }).notNull(),
    result: jsonb('result'),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('requests_created').on(table.createdAt),
    index('requests_open').on(table.createdAt).where(sql`status = 'open'`),
    check('requests_status', sql`${table.status} in ('open', 'done', 'failed')`),
    check('requests_end', sql`(${table.status} = 'open') = (${table.endedAt} is null)`),
  ],
);
