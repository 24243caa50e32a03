// Money: one ledger row per sending of a provider call, what it holds on each cap, and the caps.
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
import { count, instant, money, newestFirst } from './columns';

export const ledger = pgTable(
  'ledger',
  {
    /** `<call key>#<ordinal of the sending>`. */
    key: text('key').primaryKey(),
    callKey: text('call_key').notNull(),
    ordinal: integer('ordinal').notNull(),
    world: text('world').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    feature: text('feature').notNull(),
    category: text('category').notNull(),
    /** The task type of the call, or `-`. */
    task: text('task').notNull().default('-'),
    /** What the prompt came to by rough count, before any correction; null where it was not counted. */
    estimatedInputTokens: integer('estimated_input_tokens'),
    decisionId: text('decision_id'),
    sessionId: text('session_id'),
    status: text('status', { enum: ['reserved', 'settled', 'void', 'uncertain'] }).notNull(),
    /** False for `house` and `recorded`: costs are shown, but no money is spent and no cap moves. */
    billed: boolean('billed').notNull(),
    reservedMicroUsd: money('reserved_micro_usd').notNull(),
    actualMicroUsd: money('actual_micro_usd'),
    priceVersion: text('price_version').notNull(),
    inputTokens: integer('input_tokens'),
    cachedInputTokens: integer('cached_input_tokens'),
    cacheWriteTokens: integer('cache_write_tokens'),
    outputTokens: integer('output_tokens'),
    reasoningTokens: integer('reasoning_tokens'),
    /** `answered`, a failure kind, or `unknown`. */
    outcome: text('outcome'),
    note: text('note'),
    reservedAt: instant('reserved_at').notNull(),
    settledAt: instant('settled_at'),
  },
  (table) => [
    uniqueIndex('ledger_call').on(table.callKey, table.ordinal),
    index('ledger_reserved_at').on(table.reservedAt),
    index('ledger_model').on(table.model, table.reservedAt),
    index('ledger_session').on(table.sessionId),
    index('ledger_decision').on(table.decisionId),
    index('ledger_open').on(table.reservedAt).where(sql`status = 'reserved'`),
    check('ledger_status', sql`${table.status} in ('reserved', 'settled', 'void', 'uncertain')`),
    check(
      'ledger_amounts',
      sql`${table.reservedMicroUsd} >= 0 and coalesce(${table.actualMicroUsd} >= 0, true)`,
    ),
    check('ledger_settled', sql`(${table.status} = 'settled') = (${table.actualMicroUsd} is not null)`),
  ],
);

/** One row per period and key of a cap, made when first needed; a reset closes it and starts another. */
export const caps = pgTable(
  'caps',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    /** `2026-11`, `2026-11-20`, or `once`. */
    period: text('period').notNull(),
    limitMicroUsd: money('limit_micro_usd').notNull(),
    spentMicroUsd: money('spent_micro_usd').notNull().default(0),
    heldMicroUsd: money('held_micro_usd').notNull().default(0),
    overrunMicroUsd: money('overrun_micro_usd').notNull().default(0),
    policy: text('policy', { enum: ['stop', 'downgrade'] }).notNull(),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    uniqueIndex('caps_open').on(table.scope, table.key, table.period).where(sql`closed_at is null`),
    check(
      'caps_never_over',
      sql`${table.spentMicroUsd} + ${table.heldMicroUsd} <= ${table.limitMicroUsd} + ${table.overrunMicroUsd}`,
    ),
    check(
      'caps_positive',
      sql`${table.limitMicroUsd} >= 0 and ${table.spentMicroUsd} >= 0 and ${table.heldMicroUsd} >= 0 and ${table.overrunMicroUsd} >= 0`,
    ),
    check(
      'caps_scope',
      sql`${table.scope} in ('month', 'day', 'market_session', 'decision', 'provider', 'model')`,
    ),
    check('caps_policy', sql`${table.policy} in ('stop', 'downgrade')`),
  ],
);

/** What one ledger row holds on, or has spent from, one cap. */
export const reservations = pgTable(
  'reservations',
  {
    ledgerKey: text('ledger_key')
      .notNull()
      .references(() => ledger.key),
    capId: count('cap_id')
      .notNull()
      .references(() => caps.id),
    status: text('status', { enum: ['open', 'settled', 'void'] }).notNull(),
    heldMicroUsd: money('held_micro_usd').notNull(),
    spentMicroUsd: money('spent_micro_usd').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.ledgerKey, table.capId] }),
    index('reservations_cap').on(table.capId),
    check('reservations_status', sql`${table.status} in ('open', 'settled', 'void')`),
    check('reservations_amounts', sql`${table.heldMicroUsd} >= 0 and ${table.spentMicroUsd} >= 0`),
  ],
);

/** The limits in force: an exact key goes before `*`, which gives every key of the scope its own cap. */
export const capLimits = pgTable(
  'cap_limits',
  {
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    limitMicroUsd: money('limit_micro_usd').notNull(),
    policy: text('policy', { enum: ['stop', 'downgrade'] }).notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    check('cap_limits_limit', sql`${table.limitMicroUsd} >= 0`),
    check(
      'cap_limits_scope',
      sql`${table.scope} in ('month', 'day', 'market_session', 'decision', 'provider', 'model')`,
    ),
    check('cap_limits_policy', sql`${table.policy} in ('stop', 'downgrade')`),
  ],
);

export const capLimitChanges = pgTable(
  'cap_limit_changes',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    action: text('action', { enum: ['set', 'raise', 'remove', 'reset'] }).notNull(),
    oldLimitMicroUsd: money('old_limit_micro_usd'),
    newLimitMicroUsd: money('new_limit_micro_usd'),
    policy: text('policy'),
    reason: text('reason').notNull(),
    changedAt: instant('changed_at').notNull(),
    /** Of a reset that was asked for with a key: the same one again closes no books. */
    requestKey: text('request_key').unique(),
  },
  (table) => [
    index('cap_limit_changes_cap').on(table.scope, table.key, newestFirst(table.changedAt)),
    check('cap_limit_changes_reason', sql`length(trim(${table.reason})) > 0`),
  ],
);

/** What work would have cost and did cost, written when that was decided: one row per cause and thing. */
export const savings = pgTable(
  'savings',
  {
    cause: text('cause', { enum: ['sibling_model', 'cascade', 'similar_question'] }).notNull(),
    /** The brief, the decision, or the decision and model that it is about. */
    ref: text('ref').notNull(),
    world: text('world').notNull(),
    model: text('model').notNull(),
    sessionId: text('session_id'),
    decisionId: text('decision_id'),
    wouldHaveCostMicroUsd: money('would_have_cost_micro_usd').notNull(),
    costMicroUsd: money('cost_micro_usd').notNull(),
    /** What the comparison rests on: the dearer model, the members not asked, the answer taken over. */
    basis: jsonb('basis').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.cause, table.ref] }),
    index('savings_recorded_at').on(table.recordedAt),
    index('savings_decision').on(table.decisionId),
    check('savings_cause', sql`${table.cause} in ('sibling_model', 'cascade', 'similar_question')`),
    check('savings_amounts', sql`${table.wouldHaveCostMicroUsd} >= 0 and ${table.costMicroUsd} >= 0`),
  ],
);
