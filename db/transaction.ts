// Transactions that begin anew when Postgres asks for it, and the once-only write on which idempotency rests.
import type { Pool, PoolClient } from 'pg';
import { first, type Sql, sqlOn, sqlState } from './sql';

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** Attempts in all, the first included; default 5. */
  readonly attempts?: number;
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';

const isRetryable = (error: unknown): boolean =>
  [SERIALIZATION_FAILURE, DEADLOCK_DETECTED].includes(sqlState(error) ?? '');

/**
 * Runs one statement again after a serialization failure or deadlock. Only for statements outside a
 * transaction, which Postgres has rolled back as a whole.
 */
export const retryOnConflict = async <T>(statement: () => Promise<T>, attempts = 5): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await statement();
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
    }
  }
};

/** What the driver says of a statement that was sent and never answered; it has no code. */
export const isUnanswered = (error: unknown): error is Error =>
  error instanceof Error && error.message === 'Query read timeout';

const runOnce = async <T>(client: PoolClient, work: (sql: Sql) => Promise<T>, isolation: string) => {
  await client.query(`begin isolation level ${isolation}`);
  const result = await work(sqlOn(client));
  await client.query('commit');
  return result;
};

/**
 * Runs `work` in one transaction on one connection; commits its result, rolls back on any error.
 * `work` may run several times and must have no effects outside the transaction.
 */
export const runTransaction = <T>(
  pool: Pool,
  work: (sql: Sql) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> =>
  retryOnConflict(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const lost = (failure: Error): void => {
      broken = failure;
    };
    // The statement under way is refused too; an event that nobody hears would end the process.
    client.on('error', lost);
    try {
      return await runOnce(client, work, options.isolation ?? 'read committed');
    } catch (error) {
      // A silent server would not answer this either: the end of the connection undoes what it began.
      if (isUnanswered(error)) lost(error);
      else await client.query('rollback').catch(lost);
      throw error;
    } finally {
      client.removeListener('error', lost);
      // A client that cannot even roll back is destroyed, not returned to the pool.
      client.release(broken);
    }
  }, options.attempts);

export interface OnceOnly<Row> {
  /** True for exactly one caller per key, the one whose row was stored. */
  readonly first: boolean;
  /** The stored row, whoever wrote it. */
  readonly row: Row;
}

/**
 * Writes a row at most once. `insert` must be `INSERT .. ON CONFLICT DO NOTHING RETURNING ..`; `read` selects
 * the stored row by the same key. Move counters only when `first` is true, in the same transaction.
 */
export const once = async <Row>(
  insert: () => Promise<readonly Row[]>,
  read: () => Promise<readonly Row[]>,
): Promise<OnceOnly<Row>> => {
  const inserted = first(await insert());
  if (inserted !== null) return { first: true, row: inserted };
  const stored = first(await read());
  if (stored === null) throw new Error('once-only write found neither a new nor a stored row');
  return { first: false, row: stored };
};
