// Worlds and their clocks; every other row that could leak between live work and a replay refers here.
import { sql } from 'drizzle-orm';
import { check, interval, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns';

export const worlds = pgTable(
  'worlds',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['live', 'synthetic', 'replay'] }).notNull(),
    description: text('description').notNull().default(''),
    /** The instant of a replay; null where the clock runs. */
    clockAt: instant('clock_at'),
    /** Added to the running clock; only tests set it. */
    clockOffset: interval('clock_offset').notNull().default('0'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    check('worlds_kind', sql`${table.kind} in ('live', 'synthetic', 'replay')`),
    check('worlds_replay_clock', sql`(${table.kind} = 'replay') = (${table.clockAt} is not null)`),
    check('worlds_replay_id', sql`(${table.kind} = 'replay') = (${table.id} like 'replay:%')`),
  ],
);
