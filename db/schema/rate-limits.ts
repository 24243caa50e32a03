// Who has asked how often, kept in Postgres so that a restart forgives nobody and processes share one count.
import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns';

export const rateLimits = pgTable('rate_limits', {
  /** What is limited, for whom: `requests:<token id>`, `refused:<address>`. */
  bucket: text('bucket').primaryKey(),
  /** When the bucket would be empty again (the theoretical arrival time of GCRA). */
  emptyAt: instant('empty_at').notNull(),
});
