// Propositions, the members' stored answers and forecasts, and the ensemble's decisions (requirement B9).
import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, money, newestFirst, ratio } from './columns';
import { worlds } from './worlds';

export const propositions = pgTable(
  'propositions',
  {
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    subject: text('subject').notNull(),
    statement: text('statement').notNull(),
    category: text('category').notNull(),
    asOf: instant('as_of').notNull(),
    resolvesAt: instant('resolves_at').notNull(),
    rule: jsonb('rule').notNull(),
    priceOfYes: ratio('price_of_yes'),
    priceAt: instant('price_at'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    index('propositions_due').on(table.world, table.resolvesAt),
    index('propositions_subject').on(table.world, table.subject),
    check('propositions_price', sql`${table.priceOfYes} between 0 and 1`),
  ],
);

/** One row per answered or finally failed call, by business key: what makes a retry free. */
export const answers = pgTable(
  'answers',
  {
    key: text('key').primaryKey(),
    world: text('world').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    status: text('status', { enum: ['answered', 'failed'] }).notNull(),
    failure: text('failure'),
    answer: jsonb('answer'),
    usage: jsonb('usage'),
    costMicroUsd: money('cost_micro_usd'),
    latencyMs: integer('latency_ms').notNull(),
    servedBy: text('served_by').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    index('answers_created').on(table.createdAt),
    check('answers_status', sql`(${table.status} = 'failed') = (${table.failure} is not null)`),
  ],
);

export const ensembleDecisions = pgTable(
  'ensemble_decisions',
  {
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    sessionId: text('session_id'),
    subject: text('subject').notNull(),
    category: text('category').notNull(),
    propositionId: text('proposition_id')
      .notNull()
      .references(() => propositions.id),
    /** Briefs are evicted; the id stays as provenance. */
    briefId: text('brief_id'),
    status: text('status', {
      enum: ['decided', 'abstained', 'no_consensus', 'parked', 'expired'],
    }).notNull(),
    strategy: text('strategy').notNull(),
    stage: text('stage').notNull(),
    stakeMicroUsd: money('stake_micro_usd').notNull(),
    probability: ratio('probability'),
    action: text('action', { enum: ['buy', 'sell', 'hold'] }).notNull(),
    sizeMicroUsd: money('size_micro_usd').notNull(),
    why: jsonb('why').notNull(),
    disagreement: jsonb('disagreement'),
    quorum: jsonb('quorum').notNull(),
    members: jsonb('members').notNull(),
    selectedModel: text('selected_model'),
    mode: text('mode').notNull(),
    degradations: jsonb('degradations').notNull(),
    price: ratio('price'),
    priceAt: instant('price_at'),
    weightsVersion: text('weights_version'),
    calibrationVersions: jsonb('calibration_versions').notNull(),
    candidates: jsonb('candidates').notNull(),
    shadow: jsonb('shadow').notNull(),
    details: jsonb('details').notNull(),
    costMicroUsd: money('cost_micro_usd').notNull(),
    synthetic: boolean('synthetic').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('ensemble_decisions_recent').on(table.world, newestFirst(table.createdAt), newestFirst(table.id)),
    index('ensemble_decisions_subject').on(table.world, table.subject, newestFirst(table.createdAt)),
    index('ensemble_decisions_session').on(table.sessionId),
    index('ensemble_decisions_proposition').on(table.propositionId),
    index('ensemble_decisions_of_category')
      .on(table.world, table.category, newestFirst(table.createdAt))
      .where(sql`status = 'decided'`),
    index('ensemble_decisions_positions').on(table.world, table.subject).where(sql`size_micro_usd > 0`),
    check(
      'ensemble_decisions_status',
      sql`${table.status} in ('decided', 'abstained', 'no_consensus', 'parked', 'expired')`,
    ),
    check(
      'ensemble_decisions_probability',
      sql`(${table.status} = 'decided') = (${table.probability} is not null) and (${table.probability} is null or ${table.probability} between 0 and 1)`,
    ),
    check('ensemble_decisions_action', sql`${table.action} in ('buy', 'sell', 'hold')`),
    check(
      'ensemble_decisions_size',
      sql`${table.sizeMicroUsd} >= 0 and (${table.action} = 'hold') = (${table.sizeMicroUsd} = 0) and ${table.sizeMicroUsd} <= ${table.stakeMicroUsd}`,
    ),
    check('ensemble_decisions_traded', sql`${table.sizeMicroUsd} = 0 or ${table.status} = 'decided'`),
    check('ensemble_decisions_cost', sql`${table.costMicroUsd} >= 0`),
  ],
);

export const forecasts = pgTable(
  'forecasts',
  {
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    decisionId: text('decision_id').references(() => ensembleDecisions.id),
    /** Restart round and stage: one forecast per model in each. */
    attemptGroup: text('attempt_group').notNull(),
    model: text('model').notNull(),
    provider: text('provider').notNull(),
    modelVersion: text('model_version').notNull(),
    propositionId: text('proposition_id')
      .notNull()
      .references(() => propositions.id),
    briefId: text('brief_id'),
    answerKey: text('answer_key'),
    status: text('status', { enum: ['answered', 'failed'] }).notNull(),
    failure: text('failure'),
    probability: ratio('probability'),
    calibratedProbability: ratio('calibrated_probability'),
    weight: ratio('weight'),
    reasons: jsonb('reasons').notNull(),
    costMicroUsd: money('cost_micro_usd'),
    latencyMs: integer('latency_ms').notNull(),
    /** Made for the record only: shadow calls and late answers are never traded. */
    shadow: boolean('shadow').notNull(),
    synthetic: boolean('synthetic').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('forecasts_once').on(table.decisionId, table.model, table.attemptGroup),
    index('forecasts_proposition').on(table.propositionId),
    index('forecasts_model').on(table.world, table.model, newestFirst(table.createdAt)),
    check(
      'forecasts_status',
      sql`${table.status} in ('answered', 'failed') and (${table.status} = 'answered') = (${table.probability} is not null) and (${table.status} = 'failed') = (${table.failure} is not null)`,
    ),
    check(
      'forecasts_probability',
      sql`coalesce(${table.probability} between 0 and 1, true) and coalesce(${table.calibratedProbability} between 0 and 1, true)`,
    ),
  ],
);

export const reviews = pgTable(
  'reviews',
  {
    id: text('id').primaryKey(),
    world: text('world').notNull(),
    /** `decision` or `tournament`, and its id. */
    targetKind: text('target_kind').notNull(),
    targetId: text('target_id').notNull(),
    workflowId: text('workflow_id').notNull(),
    question: text('question').notNull(),
    options: jsonb('options').notNull(),
    declaredDefault: text('declared_default').notNull(),
    status: text('status', { enum: ['waiting', 'answered', 'timed_out', 'cancelled'] }).notNull(),
    verdict: text('verdict'),
    reviewer: text('reviewer'),
    comment: text('comment'),
    openedAt: instant('opened_at').notNull(),
    dueAt: instant('due_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    index('reviews_waiting').on(table.dueAt).where(sql`status = 'waiting'`),
    check('reviews_status', sql`${table.status} in ('waiting', 'answered', 'timed_out', 'cancelled')`),
    check('reviews_closed', sql`(${table.status} = 'waiting') = (${table.closedAt} is null)`),
  ],
);
