// Panels: the wording analysts were asked in, one row per panel, one per analyst and subject. A panel's rows are
// written in one transaction at its end, so that half a panel is never seen.
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import { instant, money, newestFirst, ratio } from './columns';
import { propositions } from './decisions';
import { worlds } from './worlds';

/** The wording of an analyst by content: calls load it from here, so that workers need no user's files. */
export const analystPrompts = pgTable('analyst_prompts', {
  version: text('version').primaryKey(),
  analyst: text('analyst').notNull(),
  name: text('name').notNull(),
  /** `group` is a word of SQL. */
  analystGroup: text('analyst_group').notNull(),
  needs: jsonb('needs').notNull(),
  body: text('body').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

export const panels = pgTable(
  'panels',
  {
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    asOf: instant('as_of'),
    status: text('status', { enum: ['complete', 'partial', 'abstained'] }).notNull(),
    model: text('model').notNull(),
    provider: text('provider').notNull(),
    /** One view per subject, strongest first. */
    portfolio: jsonb('portfolio').notNull(),
    asked: integer('asked').notNull(),
    answered: integer('answered').notNull(),
    abstained: integer('abstained').notNull(),
    failed: integer('failed').notNull(),
    notes: jsonb('notes').notNull(),
    costMicroUsd: money('cost_micro_usd').notNull(),
    wallMs: integer('wall_ms').notNull(),
    synthetic: boolean('synthetic').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('panels_recent').on(table.world, newestFirst(table.createdAt), newestFirst(table.id)),
    check('panels_status', sql`${table.status} in ('complete', 'partial', 'abstained')`),
    check(
      'panels_counts',
      sql`${table.asked} = ${table.answered} + ${table.abstained} + ${table.failed} and (${table.status} <> 'complete' or ${table.failed} = 0)`,
    ),
    check('panels_cost', sql`${table.costMicroUsd} >= 0`),
  ],
);

export const panelPredictions = pgTable(
  'panel_predictions',
  {
    panelId: text('panel_id').notNull(),
    subject: text('subject').notNull(),
    analyst: text('analyst').notNull(),
    analystGroup: text('analyst_group').notNull(),
    promptVersion: text('prompt_version')
      .notNull()
      .references(() => analystPrompts.version),
    propositionId: text('proposition_id').references(() => propositions.id),
    briefId: text('brief_id'),
    model: text('model').notNull(),
    provider: text('provider').notNull(),
    modelVersion: text('model_version'),
    answerKey: text('answer_key'),
    status: text('status', { enum: ['answered', 'abstained', 'failed'] }).notNull(),
    failure: text('failure'),
    probability: ratio('probability'),
    signal: text('signal'),
    confidence: ratio('confidence'),
    reasons: jsonb('reasons').notNull(),
    costMicroUsd: money('cost_micro_usd'),
    latencyMs: integer('latency_ms').notNull(),
    sends: integer('sends').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.panelId, table.subject, table.analyst] }),
    foreignKey({ columns: [table.panelId], foreignColumns: [panels.id], name: 'panel_predictions_panel' }),
    index('panel_predictions_proposition').on(table.propositionId),
    index('panel_predictions_analyst').on(table.analyst, newestFirst(table.createdAt)),
    check(
      'panel_predictions_status',
      sql`${table.status} in ('answered', 'abstained', 'failed') and (${table.status} = 'answered') = (${table.probability} is not null) and (${table.status} = 'answered') = (${table.failure} is null)`,
    ),
    check(
      'panel_predictions_ranges',
      sql`coalesce(${table.probability} between 0 and 1, true) and coalesce(${table.confidence} between 0 and 1, true) and ${table.sends} >= 0`,
    ),
    check(
      'panel_predictions_signal',
      sql`${table.signal} is null or ${table.signal} in ('bullish', 'bearish', 'neutral')`,
    ),
  ],
);
