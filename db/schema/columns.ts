// Column kinds used all over the schema, so that money, instants and ratios have one form everywhere.
import { bigint, customType, doublePrecision } from 'drizzle-orm/pg-core';

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
