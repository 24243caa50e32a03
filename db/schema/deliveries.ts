// The outbox of decisions and reports that leave the desk: one row per document and channel, so that each is handed
// out once, whatever restarts.
import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, newestFirst, outboxColumns } from './columns';

export const deliveries = pgTable(
  'deliveries',
  {
    kind: text('kind', { enum: ['decision', 'report'] }).notNull(),
    /** The decision's id; `<world>/<day>` of a report. */
    ref: text('ref').notNull(),
    /** Of the document; what was made long before the newest row is not looked for any more. */
    madeAt: instant('made_at').notNull(),
    ...outboxColumns(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.ref, table.channel] }),
    index('deliveries_due').on(table.dueAt).where(sql`delivered_at is null and gave_up_at is null`),
    index('deliveries_newest').on(table.kind, newestFirst(table.madeAt)),
    check('deliveries_kind', sql`${table.kind} in ('decision', 'report')`),
    check('deliveries_end', sql`${table.deliveredAt} is null or ${table.gaveUpAt} is null`),
  ],
);
