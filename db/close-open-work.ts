// Ends what was under way when a backup was made: the workflows that would have ended it are not in the backup, and
// neither are the schedules that began them.
import { IS_WAITING } from './outbox-sql';
import type { Sql } from './sql';

const NOTE = 'was under way when the backup was made';

const STATEMENTS: readonly string[] = [
  `update market_sessions set status = 'cancelled', note = '${NOTE}', ended_at = clock_timestamp() where ended_at is null`,
  `update research_sessions set status = 'cancelled', failure = '${NOTE}', ended_at = clock_timestamp() where ended_at is null`,
  `update requests set status = 'failed', ended_at = clock_timestamp() where status = 'open'`,
  `update tournaments set status = 'cancelled', ended_at = clock_timestamp() where ended_at is null`,
  `update reviews set status = 'cancelled', closed_at = clock_timestamp() where status = 'waiting'`,
  // Sent or not, nobody can say any more: the money stays held.
  `update ledger set status = 'uncertain', outcome = 'unknown', note = '${NOTE}' where status = 'reserved'`,
];

/** The desk that the copy is of sends them: two of one alert or decision, the second of them late, mislead. */
const giveUpDeliveries = async (sql: Sql): Promise<void> => {
  for (const outbox of ['deliveries', 'alert_deliveries'])
    await sql.query(
      `update ${outbox} set gave_up_at = clock_timestamp(), last_error = '${NOTE}' where ${IS_WAITING}`,
    );
};

/**
 * Also gives up what was waiting to be sent, and forgets that a person asked for schedules: a copy that somebody only
 * looks at, beside the desk it is of, must not begin to work and pay. @returns how many pieces of work were closed.
 */
export const closeOpenWork = async (sql: Sql): Promise<number> => {
  await sql.query('delete from schedule_syncs');
  await giveUpDeliveries(sql);
  let closed = 0;
  for (const statement of STATEMENTS)
    closed += (await sql.query(`${statement} returning 1 as closed`)).length;
  return closed;
};
