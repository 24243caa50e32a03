// Periods of caps: which run now, how a new cap counts what its period has booked so far, and when a cap without a
// period is over.
import type { CapLimit, CapScope } from './cap-store';
import type { Sql } from './sql';

/** Periods that run now, in SQL: this month's, this day's, and that of caps without an end. */
export const RUNNING_PERIODS = `('once', to_char(world_now('live') at time zone 'UTC', 'YYYY-MM'),
    to_char(world_now('live') at time zone 'UTC', 'YYYY-MM-DD'))`;

/** Scopes whose caps have a period: a new limit counts what the period has booked so far. */
const PERIOD_FORMATS: Partial<Record<CapScope, 'YYYY-MM' | 'YYYY-MM-DD'>> = {
  month: 'YYYY-MM',
  day: 'YYYY-MM-DD',
  provider: 'YYYY-MM',
  model: 'YYYY-MM',
};

/**
 * Opens the caps of a new limit with what their period has spent and holds already; without it a month's limit that
 * is set late in the month would allow its whole amount once more. The ledger is locked: a call under way is either
 * in what is read here, or sees the new cap.
 */
export const openWithPeriodSoFar = async (sql: Sql, { scope, key, limitMicroUsd, policy }: CapLimit) => {
  const format = PERIOD_FORMATS[scope];
  if (!format) return;
  await sql.query('lock table ledger in share row exclusive mode');
  await sql.query(
    `with booked as (
       select case $1 when 'provider' then l.provider when 'model' then l.model else '*' end as cap_key,
         l.key as ledger_key, l.status, l.reserved_micro_usd, coalesce(l.actual_micro_usd, 0) as actual
       from ledger l where l.billed and l.reserved_at >= date_trunc(
         case $5 when 'YYYY-MM' then 'month' else 'day' end, world_now('live'), 'UTC')
     ), sums as (
       select b.cap_key, coalesce(sum(actual) filter (where b.status = 'settled'), 0)::bigint as spent,
         coalesce(sum(reserved_micro_usd) filter (where b.status in ('reserved', 'uncertain')), 0)::bigint as held
       from booked b where $2 in ('*', b.cap_key) and not exists (select 1 from cap_limits own
         where own.scope = $1 and own.key = b.cap_key and own.key <> $2) group by b.cap_key
     ), opened as (
       insert into caps (scope, key, period, limit_micro_usd, policy, opened_at, spent_micro_usd, held_micro_usd,
         overrun_micro_usd)
       select $1, cap_key, to_char(world_now('live') at time zone 'UTC', $5), $3, $4, world_now('live'), spent, held,
         greatest(0, spent + held - $3) from sums
       on conflict (scope, key, period) where closed_at is null do nothing returning id, key
     )
     insert into reservations (ledger_key, cap_id, status, held_micro_usd, spent_micro_usd)
     select b.ledger_key, o.id, case when b.status in ('settled', 'void') then b.status else 'open' end, b.reserved_micro_usd,
       b.actual from booked b join opened o on o.key = b.cap_key`,
    [scope, key, limitMicroUsd, policy, format],
  );
};

/** Sessions and whatever was asked for as one decision, once their end is on record. */
const HAS_ENDED = `exists (select 1 from market_sessions s where s.id = c.key and s.ended_at is not null)
  or exists (select 1 from ensemble_decisions d where d.id = c.key)
  or exists (select 1 from tournaments t where t.id = c.key and t.ended_at is not null)
  or exists (select 1 from panels p where p.id = c.key) or exists (select 1 from task_runs r where r.id = c.key)`;

/**
 * Closes caps without a period, as no day or month ends them: an hour after the last call of work that has ended (some
 * calls for the record follow an end), and after seven days without a call where no end was recorded. A limit
 * for one key alone is its owner's to remove. A cap that a call has locked waits for another look. The number closed.
 */
export const closeEndedCaps = async (sql: Sql): Promise<number> =>
  (
    await sql.query(
      `with over as (
         select c.id from caps c, lateral (select coalesce(max(l.reserved_at), c.opened_at) as at from reservations r
           join ledger l on l.key = r.ledger_key where r.cap_id = c.id) last_call
         where c.closed_at is null and c.period = 'once'
           and not exists (select 1 from cap_limits own where own.scope = c.scope and own.key = c.key)
           and (last_call.at < world_now('live') - interval '7 days'
             or c.held_micro_usd = 0 and last_call.at < world_now('live') - interval '1 hour' and (${HAS_ENDED}))
         for update of c skip locked)
       update caps c set closed_at = world_now('live') from over where c.id = over.id returning c.id`,
    )
  ).length;
