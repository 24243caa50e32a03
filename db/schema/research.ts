// Shared research: briefs, who read them, the sessions that made them, and the price series they rest on.
import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { count, instant, money, newestFirst, ratio } from './columns';
import { worlds } from './worlds';

export const briefs = pgTable(
  'briefs',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    asOf: instant('as_of').notNull(),
    /** Normalised, as events and epochs spell it. */
    subject: text('subject').notNull(),
    kind: text('kind').notNull(),
    template: text('template').notNull(),
    content: jsonb('content').notNull(),
    sources: jsonb('sources').notNull(),
    quality: ratio('quality').notNull(),
    writtenBy: text('written_by').notNull(),
    verifiedBy: text('verified_by').notNull(),
    synthetic: boolean('synthetic').notNull(),
    costMicroUsd: money('cost_micro_usd').notNull(),
    epoch: count('epoch').notNull(),
    dossierId: text('dossier_id'),
    seriesId: text('series_id'),
    bytes: integer('bytes').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** On the machine's clock, for least-recently-used eviction. */
    lastReadAt: instant('last_read_at').notNull().default(sql`now()`),
  },
  (table) => [
    index('briefs_key').on(table.key, newestFirst(table.createdAt)),
    index('briefs_expiry').on(table.world, table.expiresAt),
    index('briefs_lru').on(table.lastReadAt),
    check('briefs_quality', sql`${table.quality} between 0 and 100`),
    check('briefs_cost', sql`${table.costMicroUsd} >= 0`),
  ],
);

export const briefReads = pgTable(
  'brief_reads',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    world: text('world').notNull(),
    subject: text('subject').notNull(),
    kind: text('kind').notNull(),
    template: text('template').notNull(),
    outcome: text('outcome', { enum: ['hit', 'miss', 'join'] }).notNull(),
    briefId: text('brief_id'),
    /** The covering epoch that the reader verified against; the chaos invariant checks it. */
    epoch: count('epoch'),
    reader: text('reader').notNull(),
    /** The model of the reader's that shared it, beyond the one that the reader's own row stands for; else null. */
    member: text('member'),
    costSavedMicroUsd: money('cost_saved_micro_usd').notNull(),
    readAt: instant('read_at').notNull(),
  },
  (table) => [
    index('brief_reads_subject').on(table.world, table.subject, table.kind),
    index('brief_reads_at').on(table.readAt),
    // Each member once; rows without one are as many as there are reads.
    uniqueIndex('brief_reads_reader').on(table.reader, table.member),
    check('brief_reads_outcome', sql`${table.outcome} in ('hit', 'miss', 'join')`),
    check('brief_reads_saved', sql`${table.costSavedMicroUsd} >= 0`),
  ],
);

export const researchSessions = pgTable(
  'research_sessions',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    asOf: instant('as_of'),
    subject: text('subject').notNull(),
    kind: text('kind').notNull(),
    template: text('template').notNull(),
    status: text('status', { enum: ['running', 'stored', 'failed', 'cancelled'] }).notNull(),
    restarts: integer('restarts').notNull().default(0),
    briefId: text('brief_id'),
    quality: ratio('quality'),
    costMicroUsd: money('cost_micro_usd').notNull().default(0),
    failure: text('failure'),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('research_sessions_subject').on(table.world, table.subject, table.kind),
    index('research_sessions_open').on(table.startedAt).where(sql`ended_at is null`),
    check('research_sessions_status', sql`${table.status} in ('running', 'stored', 'failed', 'cancelled')`),
    check('research_sessions_end', sql`(${table.status} = 'running') = (${table.endedAt} is null)`),
  ],
);

export const priceSeries = pgTable(
  'price_series',
  {
    /** Content hash, so that the same bars are stored once. */
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    symbol: text('symbol').notNull(),
    source: text('source').notNull(),
    synthetic: boolean('synthetic').notNull(),
    currency: text('currency').notNull(),
    bars: jsonb('bars').notNull(),
    fetchedAt: instant('fetched_at').notNull(),
    storedAt: instant('stored_at').notNull().default(sql`now()`),
  },
  (table) => [index('price_series_symbol').on(table.world, table.symbol, newestFirst(table.fetchedAt))],
);
