// Opens the one pool of a process. Stores take the Database and never open connections of their own.
import { Pool } from 'pg';
import { type Sql, sqlOn } from './sql';
import { retryOnConflict, runTransaction, type TransactionOptions } from './transaction';

const STATEMENT_TIMEOUT_MS = 30_000;
/** Given to a server that answers: its own word that a statement took too long says more than silence does. */
const ANSWER_GRACE_MS = 5_000;
/** The system's own default is two hours. */
const KEEP_ALIVE_DELAY_MS = 10_000;

export interface DatabaseOptions {
  /** Connections at most. Keep it at or above the number of database activity slots; default 10. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /**
   * Milliseconds that a statement may run, and a transaction stand still, before Postgres ends it; default 30,000.
   * A server that has not answered 5 seconds later is given up, and the connection with it.
   */
  readonly statementTimeoutMs?: number;
}

/** A single statement begins anew after a serialization failure or deadlock; Postgres has undone it as a whole. */
export interface Database extends Sql {
  readonly pool: Pool;
  /** One transaction; begins anew after a serialization failure or deadlock. */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens a pool; connects lazily, so that a wrong address fails at the first query.
 * A connection that breaks while idle is dropped and replaced by the pool.
 */
export const openDatabase = (url: string, options: DatabaseOptions = {}): Database => {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new Pool({
    connectionString: url,
    max: options.poolSize ?? 10,
    application_name: options.applicationName ?? 'conclave',
    statement_timeout: statementTimeoutMs,
    // A machine that is gone without a word ends nothing: its silence would last until the system gives up, a quarter of an hour.
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    // A worker that stands still within a transaction must not keep its locks from all others.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    connectionTimeoutMillis: 10_000,
    // Postgres may be restarted under us: keep-alives find half-open connections.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  // Without a listener an idle connection's end would end the process.
  pool.on('error', () => undefined);
  const statements = sqlOn(pool);
  return {
    pool,
    query: (text, values, name) => retryOnConflict(() => statements.query(text, values, name)),
    transaction: (work, transactionOptions) => runTransaction(pool, work, transactionOptions),
    close: () => pool.end(),
  };
};
