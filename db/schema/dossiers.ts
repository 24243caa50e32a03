// What a research session gathered: facts by source, and the figures of the feed that a brief is checked against.
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant, newestFirst } from './columns';
import { worlds } from './worlds';

export const dossiers = pgTable(
  'dossiers',
  {
    /** Content hash, so that a retried gathering stores nothing twice. */
    id: text('id').primaryKey(),
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    subject: text('subject').notNull(),
    asOf: instant('as_of').notNull(),
    seriesId: text('series_id'),
    items: jsonb('items').notNull(),
    facts: jsonb('facts').notNull(),
    /** Dated events ahead, one line each. */
    upcoming: jsonb('upcoming').notNull(),
    quote: jsonb('quote'),
    synthetic: boolean('synthetic').notNull(),
    storedAt: instant('stored_at').notNull().default(sql`now()`),
  },
  (table) => [index('dossiers_subject').on(table.world, table.subject, newestFirst(table.storedAt))],
);
