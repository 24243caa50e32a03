// What every outbox does alike: rows are held while a sender tries, a failure waits or is given up, the rest waits.
import { only, type Sql } from './sql';

/** Longer than any channel may try. */
export const HOLD_SECONDS = 120;

/** Due at once. Cut to the column's milliseconds, as rounded up it would be due only from the next one on. */
export const DUE_NOW = "date_trunc('milliseconds', clock_timestamp())";

/** A row that is neither out nor given up. */
export const IS_WAITING = 'delivered_at is null and gave_up_at is null';

/** What a failed attempt leaves. $4 its reason, $5 seconds until the next; null: there is none. */
export const AFTER_FAILURE = `last_error = $4,
    due_at = clock_timestamp() + make_interval(secs => coalesce($5, 0)),
    gave_up_at = case when $5::float8 is null then clock_timestamp() end`;

export const countWaiting = async (db: Sql, table: 'deliveries' | 'alert_deliveries'): Promise<number> =>
  only(
    await db.query<{ readonly waiting: number }>(
      `select count(*) as waiting from ${table} where ${IS_WAITING}`,
    ),
  ).waiting;
