// What the rules of alerts look at. All but the models' record, which is a year of scores, are read at every look: recent
// rows, by an index.

import type { ScoredDay } from '../domain/alerts/model-facts';
import type { RateFact, SessionFact } from '../domain/alerts/rate-rules';
import type { PaperStanding, StartedSession } from '../domain/alerts/schedule-rule';
import { ANALYSTS } from '../domain/panel/forecaster';
import type { WorldId } from '../domain/world';
import { first, type Sql } from './sql';

export interface AlertFactsStore {
  /** The newest finished session of each market and kind of the last seven days, replays left out. */
  lastSessions(): Promise<readonly SessionFact[]>;
  /** Sessions of the world begun for a day of the last ten. */
  startedSessions(world: WorldId): Promise<readonly StartedSession[]>;
  /** Running competitions that trade day by day. @param group attempt group of their forecasts */
  paperStandings(group: string): Promise<readonly PaperStanding[]>;
  /** Live decisions of the last minutes, and sessions that failed; `failed`: those without an answer. */
  decisionRate(minutes: number): Promise<RateFact>;
  /** Calls of models in the last minutes. */
  callRate(minutes: number): Promise<RateFact>;
  /** Live scores of a year by model, subject and UTC day of resolution; those of seven days apart from those before. */
  scoredDays(): Promise<readonly ScoredDay[]>;
}

const LAST_SESSIONS = `
  select distinct on (market, kind) id, market, kind, jsonb_array_length(subjects) as subjects, wall_ms
  from market_sessions
  where world in ('live', 'synthetic') and status = 'finished' and wall_ms is not null
    and started_at > clock_timestamp() - interval '7 days'
  order by market, kind, started_at desc`;

const STARTED = `
  select market, kind, date, bool_or(scheduled_at is not null) as scheduled, max(started_at) as started_at
  from market_sessions where world = $1 and date > (world_now('live') - interval '10 days')::date
  group by market, kind, date`;

/** Orders of a day may be none: the forecasts that they follow from are always there. */
const STANDINGS = `
  select c.definition ->> 'market' as market, c.definition ->> 'from' as "from", c.definition ->> 'to' as "to",
    (select max(f.created_at) from jsonb_array_elements_text(c.definition -> 'symbols') as s (symbol)
       join propositions p on p.world = c.world and p.subject = 'equity:' || s.symbol
         and p.created_at > clock_timestamp() - interval '10 days'
       join forecasts f on f.proposition_id = p.id and f.attempt_group = $1) as ordered_at,
    (select case when count(*) = count(last) then min(last) end from (
       select (select max(s.date) from snapshots s where s.account_id = a.id) as last
       from accounts a where a.competition_id = c.id) as one) as settled_through
  from competitions c where c.status = 'running' and c.world not like 'replay:%'`;

/** Abstained and expired decisions came to no answer; no consensus is one. */
const DECISION_RATE = `
  select count(*) as total, count(*) filter (where failed) as failed from (
    select status in ('abstained', 'expired') as failed from ensemble_decisions
    where world = 'live' and created_at > world_now('live') - make_interval(mins => $1)
    union all
    select true from market_sessions
    where world in ('live', 'synthetic') and status = 'failed'
      and ended_at > clock_timestamp() - make_interval(mins => $1)) one`;

const CALL_RATE = `
  select count(*) as total, count(*) filter (where not ok) as failed from health_checks
  where origin in ('call', 'probe') and checked_at > clock_timestamp() - make_interval(mins => $1)`;

/** In a fixed order: what chance makes of them is drawn by seed. */
const SCORED_DAYS = `
  select model, subject, max(resolved_at) as resolved_at, fresh, count(*) as n, sum(brier) as brier,
    coalesce(jsonb_agg(jsonb_build_object('p', probability, 'y', yes::int) order by probability, forecast_id)
      filter (where fresh), '[]') as forecasts
  from (select s.*, p.subject, s.resolved_at > world_now('live') - interval '7 days' as fresh
    from model_performance s join propositions p on p.id = s.proposition_id
    where s.world = 'live' and s.market_category <> '${ANALYSTS}'
      and s.resolved_at > world_now('live') - interval '1 year') scored
  group by model, subject, fresh, (resolved_at at time zone 'UTC')::date
  order by model, subject, (resolved_at at time zone 'UTC')::date, fresh`;

const NOTHING: RateFact = { total: 0, failed: 0 };

export const createAlertFactsStore = (db: Sql): AlertFactsStore => ({
  lastSessions: () => db.query<SessionFact>(LAST_SESSIONS),
  startedSessions: (world) => db.query<StartedSession>(STARTED, [world]),
  paperStandings: (group) => db.query<PaperStanding>(STANDINGS, [group]),
  decisionRate: async (minutes) => first(await db.query<RateFact>(DECISION_RATE, [minutes])) ?? NOTHING,
  callRate: async (minutes) => first(await db.query<RateFact>(CALL_RATE, [minutes])) ?? NOTHING,
  scoredDays: () => db.query<ScoredDay>(SCORED_DAYS),
});
