// Outages: health of each model, breakers shared by all workers, modes, alerts.
import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { count, instant, newestFirst, ratio } from './columns';

export const modelHealth = pgTable(
  'model_health',
  {
    provider: text('provider').notNull(),
    /** `*` for the provider as a whole. */
    model: text('model').notNull(),
    available: boolean('available').notNull(),
    /** Share of good calls and checks, exponentially weighted. */
    availability: ratio('availability').notNull(),
    consecutiveFailures: integer('consecutive_failures').notNull(),
    averageResponseTimeMs: ratio('average_response_time_ms'),
    lastFailure: text('last_failure'),
    lastCheckAt: instant('last_check_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.model] }),
    check('model_health_availability', sql`${table.availability} between 0 and 1`),
    check('model_health_failures', sql`${table.consecutiveFailures} >= 0`),
  ],
);

/** History behind model_health: scheduled checks and live calls, pruned by age. */
export const healthChecks = pgTable(
  'health_checks',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    origin: text('origin', { enum: ['check', 'call', 'probe'] }).notNull(),
    ok: boolean('ok').notNull(),
    failure: text('failure'),
    latencyMs: integer('latency_ms'),
    checkedAt: instant('checked_at').notNull(),
  },
  (table) => [
    /** Holds all that the choice of members reads of a week's calls, so that their rows are not visited. */
    index('health_checks_calls').on(table.provider, table.model, table.checkedAt, table.ok, table.latencyMs),
    index('health_checks_age').on(table.checkedAt),
    check('health_checks_origin', sql`${table.origin} in ('check', 'call', 'probe')`),
  ],
);

export const breakers = pgTable(
  'breakers',
  {
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    /** Copied from the state, for queries. */
    phase: text('phase', { enum: ['closed', 'open', 'half_open'] }).notNull(),
    /** The state machine's own form (domain/outage/breaker.ts). */
    state: jsonb('state').notNull(),
    probeHolder: text('probe_holder'),
    probeUntil: instant('probe_until'),
    version: count('version').notNull().default(0),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.model] }),
    check('breakers_phase', sql`${table.phase} in ('closed', 'open', 'half_open')`),
    check('breakers_lease', sql`(${table.probeHolder} is null) = (${table.probeUntil} is null)`),
  ],
);

export const modes = pgTable(
  'modes',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    mode: text('mode', { enum: ['normal', 'degraded', 'conservative', 'cached', 'halted'] }).notNull(),
    manual: boolean('manual').notNull(),
    reason: text('reason').notNull(),
    facts: jsonb('facts').notNull(),
    enteredAt: instant('entered_at').notNull(),
    leftAt: instant('left_at'),
  },
  (table) => [
    uniqueIndex('modes_current').on(table.manual).where(sql`left_at is null`),
    index('modes_entered').on(newestFirst(table.enteredAt)),
    check('modes_mode', sql`${table.mode} in ('normal', 'degraded', 'conservative', 'cached', 'halted')`),
  ],
);

/** One row per episode: raised once, resolved once. */
export const alerts = pgTable(
  'alerts',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    kind: text('kind').notNull(),
    /** What the alert is about and when it may be raised anew, e.g. `cap:month:2026-11:80`. */
    episode: text('episode').notNull(),
    severity: text('severity', { enum: ['info', 'warning', 'critical'] }).notNull(),
    title: text('title').notNull(),
    details: jsonb('details').notNull(),
    raisedAt: instant('raised_at').notNull(),
    resolvedAt: instant('resolved_at'),
    raisedDeliveredAt: instant('raised_delivered_at'),
    resolvedDeliveredAt: instant('resolved_delivered_at'),
  },
  (table) => [
    uniqueIndex('alerts_episode_open').on(table.episode).where(sql`resolved_at is null`),
    index('alerts_raised').on(newestFirst(table.raisedAt)),
    check('alerts_severity', sql`${table.severity} in ('info', 'warning', 'critical')`),
  ],
);
