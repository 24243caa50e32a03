// Column kinds used all over the schema, so that money, instants and ratios have one form everywhere.
import {
  bigint,
  customType,
  doublePrecision,
  type ExtraConfigColumn,
  integer,
  jsonb,
  text,
} from 'drizzle-orm/pg-core';

/** timestamptz read and written as ISO-8601 UTC with milliseconds. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

/** Whole micro-dollars. */
export const money = (name: string) => bigint(name, { mode: 'number' });

/** A counter that may pass 2^31. */
export const count = (name: string) => bigint(name, { mode: 'number' });

/** Probabilities, scores and statistics. */
export const ratio = (name: string) => doublePrecision(name);

/** Of everything that is learnt and kept as dated versions, beside its scope and body (db/version-store.ts). */
export const versionColumns = () => ({
  id: text('id').primaryKey(),
  world: text('world').notNull(),
  marketCategory: text('market_category').notNull(),
  version: integer('version').notNull(),
  status: text('status', { enum: ['candidate', 'active', 'retired'] }).notNull(),
  n: integer('n').notNull(),
  /** Nothing that resolved after this instant was used. */
  trainedThrough: instant('trained_through').notNull(),
  evidence: jsonb('evidence').notNull(),
  createdAt: instant('created_at').notNull(),
  activatedAt: instant('activated_at'),
  retiredAt: instant('retired_at'),
  retiredReason: text('retired_reason'),
});

/** Of every outbox, beside what names a delivery. */
export const outboxColumns = () => ({
  channel: text('channel').notNull(),
  attempts: integer('attempts').notNull().default(0),
  /** Not tried again before; moved ahead while a sender holds the row. */
  dueAt: instant('due_at').notNull(),
  deliveredAt: instant('delivered_at'),
  gaveUpAt: instant('gave_up_at'),
  /** A status or an error code, never text of the other side. */
  lastError: text('last_error'),
});

/**
 * A column of an index that newest-first lists go by. Drizzle writes NULLS LAST where nothing is said, and Postgres uses
 * no such index for `order by <column> desc`, not even of a column that is never null: it would sort all rows.
 */
export const newestFirst = (column: ExtraConfigColumn) => column.desc().nullsFirst();
