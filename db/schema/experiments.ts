// A/B experiments: what is compared, and one row per decision on which both arms answered the same question.
import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, money, ratio } from './columns';
import { worlds } from './worlds';

export const experiments = pgTable(
  'experiments',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    kind: text('kind', { enum: ['prompt', 'model', 'tier', 'strategy'] }).notNull(),
    armA: text('arm_a').notNull(),
    armB: text('arm_b').notNull(),
    /** Model that both wordings of a prompt are put to; null for other kinds. */
    model: text('model'),
    /** Decisions of this category only; null: all. */
    category: text('category'),
    alpha: ratio('alpha').notNull(),
    /** Cap of all calls of the experiment; 0 for strategies, which cost nothing. */
    budgetMicroUsd: money('budget_micro_usd').notNull(),
    status: text('status', { enum: ['running', 'decided', 'stopped', 'budget_reached'] }).notNull(),
    verdict: text('verdict', { enum: ['undecided', 'a_better', 'b_better'] }).notNull(),
    /** Running sums of the confidence sequence. */
    state: jsonb('state').notNull(),
    /** Independent values so far: blocks of questions that do not overlap in time. */
    blocks: integer('blocks').notNull(),
    note: text('note').notNull(),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('experiments_status').on(table.status, table.world),
    check('experiments_kind', sql`${table.kind} in ('prompt', 'model', 'tier', 'strategy')`),
    check('experiments_status', sql`${table.status} in ('running', 'decided', 'stopped', 'budget_reached')`),
    check('experiments_end', sql`(${table.status} = 'running') = (${table.endedAt} is null)`),
    check('experiments_alpha', sql`${table.alpha} > 0 and ${table.alpha} < 1`),
    check('experiments_budget', sql`${table.budgetMicroUsd} >= 0`),
  ],
);

export const experimentPairs = pgTable(
  'experiment_pairs',
  {
    experimentId: text('experiment_id')
      .notNull()
      .references(() => experiments.id),
    decisionId: text('decision_id').notNull(),
    propositionId: text('proposition_id').notNull(),
    modelA: text('model_a'),
    modelB: text('model_b'),
    /** Null where the arm failed: the pair is kept and never scored. */
    probabilityA: ratio('probability_a'),
    probabilityB: ratio('probability_b'),
    failureA: text('failure_a'),
    failureB: text('failure_b'),
    costMicroUsd: money('cost_micro_usd').notNull(),
    askedAt: instant('asked_at').notNull(),
    resolvesAt: instant('resolves_at').notNull(),
    /** Null until the outcome is known, and again when it is void. */
    yes: boolean('yes'),
    resolvedAt: instant('resolved_at'),
  },
  (table) => [
    primaryKey({ columns: [table.experimentId, table.decisionId] }),
    index('experiment_pairs_proposition').on(table.propositionId),
    check('experiment_pairs_resolved', sql`(${table.yes} is null) = (${table.resolvedAt} is null)`),
  ],
);
