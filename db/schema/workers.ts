// Workers that are alive, as they say themselves.
import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns';

export const workerBeats = pgTable('worker_beats', {
  /** Host and process. */
  worker: text('worker').primaryKey(),
  beatAt: instant('beat_at').notNull(),
});
