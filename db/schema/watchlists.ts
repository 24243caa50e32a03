// What each market's sessions look at.
import { sql } from 'drizzle-orm';
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './columns';

export const watchlists = pgTable(
  'watchlists',
  {
    market: text('market').notNull(),
    subject: text('subject').notNull(),
    addedAt: instant('added_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.market, table.subject] })],
);
