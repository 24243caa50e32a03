// Until so many statements wait for a lock of this database: then what they read before it has been read.
import type { Sql } from '../../../db/sql';

const WAITING_FOR = {
  ledger: `relation = 'ledger'::regclass`,
  limits: `locktype = 'advisory' and objid = 4021500115`,
  competition: `locktype in ('transactionid', 'tuple')`,
} as const;

/** Resolves once exactly `number` of them wait; `db` must have a connection to spare. */
export const untilWaiting = async (
  db: Sql,
  what: keyof typeof WAITING_FOR,
  number: number,
): Promise<void> => {
  const query = `select count(*)::int as n from pg_locks l where not granted and ${WAITING_FOR[what]}
    and exists (select 1 from pg_stat_activity a where a.pid = l.pid and a.datname = current_database())`;
  while ((await db.query<{ n: number }>(query))[0]?.n !== number);
};
