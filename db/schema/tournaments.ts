// Tasks given in words: their texts, single runs, and tournaments of several models.
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { count, instant, money, newestFirst, ratio } from './columns';
import { worlds } from './worlds';

/** What people ask in words, and wordings of prompts, by content: histories hold the id only. */
export const taskTexts = pgTable('task_texts', {
  /** First 16 hex digits of the text's SHA-256. */
  id: text('id').primaryKey(),
  body: text('body').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

export const tournaments = pgTable(
  'tournaments',
  {
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    taskType: text('task_type').notNull(),
    promptId: text('prompt_id')
      .notNull()
      .references(() => taskTexts.id),
    /** Accepted verdicts. */
    options: jsonb('options').notNull(),
    declaredDefault: text('declared_default').notNull(),
    timeoutMs: count('timeout_ms').notNull(),
    budgetMicroUsd: money('budget_micro_usd'),
    status: text('status', {
      enum: ['asking', 'waiting', 'agreed', 'decided', 'defaulted', 'abstained', 'cancelled'],
    }).notNull(),
    verdict: text('verdict'),
    /** `high`: the models agreed; `reviewed`: a person decided; `default`: nobody did in time. */
    confidence: text('confidence', { enum: ['high', 'reviewed', 'default'] }),
    /** Of a statement's probabilities; null for tasks that have none. */
    median: ratio('median'),
    members: jsonb('members').notNull(),
    why: jsonb('why').notNull(),
    reviewId: text('review_id'),
    costMicroUsd: money('cost_micro_usd').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('tournaments_recent').on(newestFirst(table.createdAt), newestFirst(table.id)),
    check(
      'tournaments_status',
      sql`${table.status} in ('asking', 'waiting', 'agreed', 'decided', 'defaulted', 'abstained', 'cancelled')`,
    ),
    check(
      'tournaments_verdict',
      sql`(${table.status} in ('agreed', 'decided', 'defaulted')) = (${table.verdict} is not null) and (${table.verdict} is null) = (${table.confidence} is null)`,
    ),
    check('tournaments_end', sql`(${table.status} in ('asking', 'waiting')) = (${table.endedAt} is null)`),
  ],
);

export const taskRuns = pgTable(
  'task_runs',
  {
    id: text('id').primaryKey(),
    taskType: text('task_type').notNull(),
    tier: text('tier'),
    promptId: text('prompt_id')
      .notNull()
      .references(() => taskTexts.id),
    status: text('status', { enum: ['answered', 'failed'] }).notNull(),
    failure: text('failure'),
    model: text('model').notNull(),
    provider: text('provider').notNull(),
    answerKey: text('answer_key'),
    /** Why this model was picked. */
    reason: text('reason').notNull(),
    costMicroUsd: money('cost_micro_usd').notNull(),
    latencyMs: integer('latency_ms').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('task_runs_recent').on(newestFirst(table.createdAt)),
    check('task_runs_status', sql`(${table.status} = 'failed') = (${table.failure} is not null)`),
  ],
);
