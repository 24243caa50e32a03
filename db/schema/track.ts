// The track record: outcomes, scored forecasts, rolling windows, calibrators and weights.
import { sql } from 'drizzle-orm';
import {
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
import { instant, money, newestFirst, ratio, versionColumns } from './columns';
import { forecasts, propositions } from './decisions';

/** Every revision is kept; the highest one holds. */
export const outcomes = pgTable(
  'outcomes',
  {
    propositionId: text('proposition_id')
      .notNull()
      .references(() => propositions.id),
    revision: integer('revision').notNull(),
    status: text('status', { enum: ['resolved', 'void'] }).notNull(),
    /** Null when void. */
    yes: boolean('yes'),
    referenceValue: ratio('reference_value'),
    resolvingValue: ratio('resolving_value'),
    /** Opens and closes between the two, of which a decision's entry is the first after it. */
    entryPrices: jsonb('entry_prices'),
    source: text('source').notNull(),
    reason: text('reason').notNull(),
    resolvedAt: instant('resolved_at').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.propositionId, table.revision] }),
    index('outcomes_recorded').on(table.recordedAt),
    check('outcomes_status', sql`${table.status} in ('resolved', 'void')`),
    check('outcomes_yes', sql`(${table.status} = 'resolved') = (${table.yes} is not null)`),
  ],
);

/** One row per scored forecast, rewritten when its outcome is corrected. */
export const modelPerformance = pgTable(
  'model_performance',
  {
    forecastId: text('forecast_id')
      .primaryKey()
      .references(() => forecasts.id),
    world: text('world').notNull(),
    model: text('model').notNull(),
    modelVersion: text('model_version').notNull(),
    propositionId: text('proposition_id').notNull(),
    outcomeRevision: integer('outcome_revision').notNull(),
    marketCategory: text('market_category').notNull(),
    volatilityRegime: text('volatility_regime').notNull(),
    timeToExpiry: text('time_to_expiry').notNull(),
    probability: ratio('probability').notNull(),
    price: ratio('price'),
    yes: boolean('yes').notNull(),
    /** 1 hit, 0 miss, 0.5 at exactly p = 0.5. */
    accuracy: ratio('accuracy').notNull(),
    /** Signed: probability of the side taken minus whether it came true. */
    confidenceCalibration: ratio('confidence_calibration').notNull(),
    calibrationBin: integer('calibration_bin').notNull(),
    brier: ratio('brier').notNull(),
    logLoss: ratio('log_loss').notNull(),
    responseTimeMs: integer('response_time_ms').notNull(),
    costMicroUsd: money('cost_micro_usd'),
    /** 1 minus the Brier score. */
    decisionQuality: ratio('decision_quality').notNull(),
    pnlMicroUsd: money('pnl_micro_usd'),
    forecastAt: instant('forecast_at').notNull(),
    resolvedAt: instant('resolved_at').notNull(),
    scoredAt: instant('scored_at').notNull(),
  },
  (table) => [
    index('model_performance_model').on(table.world, table.model, newestFirst(table.resolvedAt)),
    index('model_performance_category').on(table.world, table.marketCategory, newestFirst(table.resolvedAt)),
    index('model_performance_proposition').on(table.propositionId),
    check('model_performance_probability', sql`${table.probability} between 0 and 1`),
    check('model_performance_brier', sql`${table.brier} between 0 and 1`),
  ],
);

export const performanceWindows = pgTable(
  'performance_windows',
  {
    world: text('world').notNull(),
    model: text('model').notNull(),
    window: text('time_window', { enum: ['1h', '6h', '24h', '7d', '30d', 'all'] }).notNull(),
    /** `*` in each of the three: over all. */
    marketCategory: text('market_category').notNull(),
    volatilityRegime: text('volatility_regime').notNull(),
    timeToExpiry: text('time_to_expiry').notNull(),
    n: integer('n').notNull(),
    metrics: jsonb('metrics').notNull(),
    asOf: instant('as_of').notNull(),
    computedAt: instant('computed_at').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.world,
        table.model,
        table.window,
        table.marketCategory,
        table.volatilityRegime,
        table.timeToExpiry,
      ],
    }),
    check('performance_windows_window', sql`${table.window} in ('1h', '6h', '24h', '7d', '30d', 'all')`),
    check('performance_windows_n', sql`${table.n} >= 0`),
  ],
);

export const calibrators = pgTable(
  'calibrators',
  {
    ...versionColumns(),
    model: text('model').notNull(),
    parameters: jsonb('parameters').notNull(),
  },
  (table) => [
    uniqueIndex('calibrators_version').on(table.world, table.model, table.marketCategory, table.version),
    uniqueIndex('calibrators_active')
      .on(table.world, table.model, table.marketCategory)
      .where(sql`status = 'active'`),
    check('calibrators_status', sql`${table.status} in ('candidate', 'active', 'retired')`),
  ],
);

export const weightVersions = pgTable(
  'weight_versions',
  {
    ...versionColumns(),
    weights: jsonb('weights').notNull(),
  },
  (table) => [
    uniqueIndex('weight_versions_version').on(table.world, table.marketCategory, table.version),
    uniqueIndex('weight_versions_active').on(table.world, table.marketCategory).where(sql`status = 'active'`),
    check('weight_versions_status', sql`${table.status} in ('candidate', 'active', 'retired')`),
  ],
);

/** What members weigh against the price in sizing, by category. */
export const sizingWeightVersions = pgTable(
  'sizing_weight_versions',
  {
    ...versionColumns(),
    parameters: jsonb('parameters').notNull(),
  },
  (table) => [
    uniqueIndex('sizing_weight_versions_version').on(table.world, table.marketCategory, table.version),
    uniqueIndex('sizing_weight_versions_active')
      .on(table.world, table.marketCategory)
      .where(sql`status = 'active'`),
    check('sizing_weight_versions_status', sql`${table.status} in ('candidate', 'active', 'retired')`),
  ],
);
