// The outbox of alerts: one row per alert, moment and channel, so that each is handed out once, whatever restarts.
import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { outboxColumns } from './columns';
import { alerts } from './outage';

export const alertDeliveries = pgTable(
  'alert_deliveries',
  {
    alertId: bigint('alert_id', { mode: 'number' })
      .notNull()
      .references(() => alerts.id),
    moment: text('moment', { enum: ['raised', 'resolved'] }).notNull(),
    ...outboxColumns(),
  },
  (table) => [
    primaryKey({ columns: [table.alertId, table.moment, table.channel] }),
    index('alert_deliveries_due').on(table.dueAt).where(sql`delivered_at is null and gave_up_at is null`),
    check('alert_deliveries_moment', sql`${table.moment} in ('raised', 'resolved')`),
    check('alert_deliveries_end', sql`${table.deliveredAt} is null or ${table.gaveUpAt} is null`),
  ],
);
