// Books without a period that may have been left open: whether their work still runs, only Temporal knows.
import { OWN_BUDGET } from './run-cap';
import type { Sql } from './sql';

/** The reason of the limit that warming sets for its run. */
export const WARMING_BUDGET = 'warming budget';

/** When the last call of the cap `c` was reserved, in SQL. */
export const LAST_CALL = `select coalesce(max(l.reserved_at), c.opened_at) as at from reservations r
  join ledger l on l.key = r.ledger_key where r.cap_id = c.id`;

/** A cap without a period about whose work nothing was heard for long. */
export interface SilentCap {
  readonly scope: 'market_session' | 'decision';
  readonly key: string;
  /** It has a limit of its own, which its run opened (run-cap.ts). */
  readonly ownLimit: boolean;
}

/**
 * A limit that a run opened for itself; of warming, unless a person has changed it since. An experiment's outlasts it by a
 * day, as its arms may be asked after its end.
 */
const OPENED_BY_RUN = `(silent.scope = 'decision' and exists (select 1 from cap_limit_changes opened
    where opened.scope = silent.scope and opened.key = silent.key and opened.reason = '${OWN_BUDGET}' || silent.key)
  or silent.scope = 'market_session' and (select c.reason from cap_limit_changes c
    where c.scope = silent.scope and c.key = silent.key order by c.id desc limit 1) = '${WARMING_BUDGET}')
  and not exists (select 1 from experiments e where e.id = silent.key
    and (e.ended_at is null or e.ended_at > clock_timestamp() - interval '1 day'))`;

/**
 * Caps that are to be closed unless their work still runs, a few by chance: limits that a run opened for itself after an
 * hour without a call, and books that follow everyone's limit after seven days.
 */
export const silentCaps = (sql: Sql, most: number): Promise<readonly SilentCap[]> =>
  sql.query<SilentCap>(
    `select silent.scope, silent.key, silent.own_limit from (
       select c.scope, c.key, last_call.at, exists (
         select 1 from cap_limits own where own.scope = c.scope and own.key = c.key) as own_limit
       from caps c, lateral (${LAST_CALL}) last_call where c.closed_at is null and c.period = 'once'
       union all
       select own.scope, own.key, own.updated_at, true from cap_limits own
       where own.scope in ('market_session', 'decision') and own.key <> '*' and not exists (select 1 from caps c
         where c.scope = own.scope and c.key = own.key and c.closed_at is null)
     ) silent
     where case when silent.own_limit then silent.at < world_now('live') - interval '1 hour' and ${OPENED_BY_RUN}
       else silent.at < world_now('live') - interval '7 days' end
     order by random() limit $1`,
    [most],
  );
