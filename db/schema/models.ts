// The registry of models and their dated prices.
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
} from 'drizzle-orm/pg-core';
import { instant, money, ratio } from './columns';

export const models = pgTable(
  'models',
  {
    id: text('id').primaryKey(),
    provider: text('provider').notNull(),
    providerModel: text('provider_model').notNull(),
    displayName: text('display_name').notNull(),
    quality: ratio('quality').notNull(),
    contextTokens: integer('context_tokens').notNull(),
    maxOutputTokens: integer('max_output_tokens').notNull(),
    strengths: text('strengths').array().notNull(),
    speed: text('speed').notNull(),
    local: boolean('local').notNull(),
    statistical: boolean('statistical').notNull(),
    keyName: text('key_name'),
    researchSibling: text('research_sibling'),
    version: text('version').notNull(),
    /** Since when its provider no longer has it, or from when it will not, where that is known; null: it has it. */
    missingSince: instant('missing_since'),
    /** `seed` rows follow the shipped list; `user` and `discovered` rows are never overwritten by it. */
    origin: text('origin', { enum: ['seed', 'user', 'discovered'] }).notNull(),
    removedAt: instant('removed_at'),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (table) => [
    index('models_provider').on(table.provider),
    check('models_quality', sql`${table.quality} between 0 and 10`),
    check('models_speed', sql`${table.speed} in ('very_fast', 'fast', 'medium', 'slow')`),
    check('models_tokens', sql`${table.contextTokens} > 0 and ${table.maxOutputTokens} > 0`),
    check('models_origin', sql`${table.origin} in ('seed', 'user', 'discovered')`),
  ],
);

export const modelPrices = pgTable(
  'model_prices',
  {
    modelId: text('model_id').notNull(),
    validFrom: instant('valid_from').notNull(),
    inputPer1M: money('input_per_1m').notNull(),
    outputPer1M: money('output_per_1m').notNull(),
    cachedInputPer1M: money('cached_input_per_1m'),
    cacheWritePer1M: money('cache_write_per_1m'),
    longContext: jsonb('long_context'),
    source: text('source').notNull(),
    /** The UTC day on which it was read at its source; null when that is not known. */
    readOn: text('read_on'),
    recordedAt: instant('recorded_at').notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.modelId, table.validFrom] }),
    check('model_prices_positive', sql`${table.inputPer1M} >= 0 and ${table.outputPer1M} >= 0`),
  ],
);

/** What people thought of a model's work on one kind of task, 0-10. */
export const modelRatings = pgTable(
  'model_ratings',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    modelId: text('model_id').notNull(),
    task: text('task').notNull(),
    rating: ratio('rating').notNull(),
    note: text('note').notNull().default(''),
    /** Of a request that counts once however often it is sent; null: any other. */
    requestKey: text('request_key').unique(),
    ratedAt: instant('rated_at').notNull(),
  },
  (table) => [
    index('model_ratings_model').on(table.modelId, table.id),
    check('model_ratings_range', sql`${table.rating} between 0 and 10`),
  ],
);
