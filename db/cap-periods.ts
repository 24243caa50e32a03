// Periods of caps: which run now, how a new cap counts what its period has booked so far, and when a cap without a
// period is over.
import type { CapLimit, CapScope } from './cap-record';
import { LAST_CALL } from './silent-caps';
import type { Sql } from './sql';

/** Sessions and whatever was asked for as one decision, once their end is on record; the key, in SQL. */
const hasEnded = (
  key: string,
) => `(exists (select 1 from market_sessions s where s.id = ${key} and s.ended_at is not null)
  or exists (select 1 from ensemble_decisions d where d.id = ${key})
  or exists (select 1 from tournaments t where t.id = ${key} and t.ended_at is not null)
  or exists (select 1 from panels p where p.id = ${key}) or exists (select 1 from task_runs r where r.id = ${key}))`;

const THIS_MONTH = {
  period: `to_char(world_now('live') at time zone 'UTC', 'YYYY-MM')`,
  since: `l.reserved_at >= date_trunc('month', world_now('live'), 'UTC')`,
};
const THIS_DAY = {
  period: `to_char(world_now('live') at time zone 'UTC', 'YYYY-MM-DD')`,
  since: `l.reserved_at >= date_trunc('day', world_now('live'), 'UTC')`,
};

/** Periods that run now, in SQL: this month's, this day's, and that of caps without an end. */
export const RUNNING_PERIODS = `('once', ${THIS_MONTH.period}, ${THIS_DAY.period})`;

/** Everyone's limit covers what is under way: as when caps are closed, work without a call for a week is over. */
const underWay = (key: string) => ({
  period: `'once'`,
  since: `(${key} = $2 or $2 = '*' and ${key} is not null
      and l.reserved_at >= world_now('live') - interval '7 days' and not ${hasEnded(key)})`,
});

/** By scope, in SQL: the key that a ledger row counts for, the period that runs, and which rows are of it. */
const RUNNING: Readonly<
  Record<CapScope, { readonly key: string; readonly period: string; readonly since: string }>
> = {
  month: { key: `'*'`, ...THIS_MONTH },
  day: { key: `'*'`, ...THIS_DAY },
  provider: { key: 'l.provider', ...THIS_MONTH },
  model: { key: 'l.model', ...THIS_MONTH },
  market_session: { key: 'l.session_id', ...underWay('l.session_id') },
  decision: { key: 'l.decision_id', ...underWay('l.decision_id') },
};

/**
 * Opens the caps of a new limit with what their period, session or decision has spent and holds already; without it a
 * month's limit that is set late in the month would allow its whole amount once more. The ledger is locked: a call under
 * way is either in what is read here, or finds the new cap, which one key has also where nothing is booked yet.
 */
export const openWithPeriodSoFar = async (sql: Sql, { scope, key, limitMicroUsd, policy }: CapLimit) => {
  const running = RUNNING[scope];
  await sql.query('lock table ledger in share row exclusive mode');
  await sql.query(
    `with booked as (
       select ${running.key} as cap_key,
         l.key as ledger_key, l.status, l.reserved_micro_usd, coalesce(l.actual_micro_usd, 0) as actual
       from ledger l where l.billed and ${running.since}
     ), sums as (
       select b.cap_key, coalesce(sum(actual) filter (where b.status = 'settled'), 0)::bigint as spent,
         coalesce(sum(reserved_micro_usd) filter (where b.status in ('reserved', 'uncertain')), 0)::bigint as held
       from booked b where $2 in ('*', b.cap_key) and not exists (select 1 from cap_limits own
         where own.scope = $1 and own.key = b.cap_key and own.key <> $2) group by b.cap_key
       union all select $2, 0, 0
       where ($2 <> '*' or $1 in ('month', 'day')) and not exists (select 1 from booked where cap_key = $2)
     ), opened as (
       insert into caps (scope, key, period, limit_micro_usd, policy, opened_at, spent_micro_usd, held_micro_usd,
         overrun_micro_usd)
       select $1, cap_key, ${running.period}, $3, $4, world_now('live'), spent, held,
         greatest(0, spent + held - $3) from sums
       on conflict (scope, key, period) where closed_at is null do nothing returning id, key
     )
     insert into reservations (ledger_key, cap_id, status, held_micro_usd, spent_micro_usd)
     select b.ledger_key, o.id, case when b.status in ('settled', 'void') then b.status else 'open' end, b.reserved_micro_usd,
       b.actual from booked b join opened o on o.key = b.cap_key`,
    [scope, key, limitMicroUsd, policy],
  );
};

/**
 * Closes caps without a period, as no day or month ends them: an hour after the last call of work whose end is on record
 * (some calls for the record follow an end). A limit for one key alone is its owner's to remove. A cap that a call has
 * locked waits for another look. The number closed.
 */
export const closeEndedCaps = async (sql: Sql): Promise<number> =>
  (
    await sql.query(
      `with over as (
         select c.id from caps c, lateral (${LAST_CALL}) last_call
         where c.closed_at is null and c.period = 'once' and c.held_micro_usd = 0
           and not exists (select 1 from cap_limits own where own.scope = c.scope and own.key = c.key)
           and last_call.at < world_now('live') - interval '1 hour' and ${hasEnded('c.key')}
         for update of c skip locked)
       update caps c set closed_at = world_now('live') from over where c.id = over.id returning c.id`,
    )
  ).length;
