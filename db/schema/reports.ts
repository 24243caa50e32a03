// Daily reports as they were last made; the document is data, its Markdown and HTML are made from it.
import { boolean, date, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, newestFirst } from './columns';
import { worlds } from './worlds';

export const reports = pgTable(
  'reports',
  {
    world: text('world')
      .notNull()
      .references(() => worlds.id),
    /** UTC. */
    day: date('day', { mode: 'string' }).notNull(),
    /** False while the day was not over when the report was made. */
    complete: boolean('complete').notNull(),
    document: jsonb('document').notNull(),
    madeAt: instant('made_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.world, table.day] }),
    index('reports_recent').on(table.world, newestFirst(table.day)),
  ],
);
