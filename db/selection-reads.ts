// What choosing members reads: earned skill by context, health over time, and how much went to shadow calls.
import { panelGroup } from '../domain/panel/forecaster';
import type { ExpiryBucket } from '../domain/track/expiry';
import type { VolatilityRegime } from '../domain/track/regime';
import type { IsoInstant, WorldId } from '../domain/world';
import { only, type Sql } from './sql';

export interface ContextRow {
  readonly model: string;
  readonly marketCategory: string;
  readonly volatilityRegime: string;
  readonly timeToExpiry: string;
  /** Outcomes of all time that other models were asked about beside it. */
  readonly n: number;
  /** Of the last 30 days, shrunk toward all time; Brier points gained against the simple mean. 0 where `n` is. */
  readonly skill: number;
  /** What one scored forecast of the last 30 days cost; null: none of them has a known cost. */
  readonly costPerForecastMicroUsd: number | null;
}

/** Calls of one model in the ten minutes up to an instant, since its breaker closed last. */
export interface LookRow {
  readonly provider: string;
  readonly model: string;
  readonly at: IsoInstant;
  readonly calls: number;
  readonly failures: number;
  readonly medianLatencyMs: number | null;
  /** Over the last 7 days. */
  readonly usualLatencyMs: number | null;
}

export interface SelectionContext {
  readonly world: WorldId;
  readonly category: string;
  readonly regime: VolatilityRegime;
  readonly expiry: ExpiryBucket;
  /** Nothing computed after this is read. */
  readonly through: IsoInstant;
}

export interface ShadowShare {
  /** Shares in [0, 1] of the last 7 days' forecasts and of their cost. */
  readonly calls: number;
  readonly spend: number;
}

export interface SelectionReads {
  contexts(context: SelectionContext): Promise<readonly ContextRow[]>;
  /** One every two minutes of the last half hour, oldest first; none for a model without a call. */
  looks(): Promise<readonly LookRow[]>;
  shadowShare(world: WorldId): Promise<ShadowShare>;
}

const CONTEXTS = `
  select model, market_category, volatility_regime, time_to_expiry,
    coalesce(max(coalesce((metrics->>'compared')::int, n)) filter (where time_window = 'all'), 0) as n,
    coalesce(max((metrics->>'skill')::float8) filter (where time_window = '30d'), 0) as skill,
    max((metrics->>'costMicroUsd')::float8 / nullif((metrics->>'pricedForecasts')::float8, 0))
      filter (where time_window = '30d') as cost_per_forecast_micro_usd
  from performance_windows
  where world = $1 and as_of <= $5 and time_window in ('30d', 'all')
    and (market_category, volatility_regime, time_to_expiry) in
      (('*', '*', '*'), ('*', '*', $4), ('*', $3, '*'), ($2, '*', '*'), ($2, $3, $4))
  group by model, market_category, volatility_regime, time_to_expiry`;

/** What is usual is read only of models that were called lately, each by its stretch of one index. */
const LOOKS = `
  with lately as materialized (
    select distinct provider, model from health_checks
    where model <> '*' and checked_at > clock_timestamp() - interval '40 minutes'),
  usual as (
    select m.provider, m.model, w.ms from lately m, lateral (
      select percentile_cont(0.5) within group (order by h.latency_ms) as ms from health_checks h
      where h.provider = m.provider and h.model = m.model and h.ok and h.checked_at > clock_timestamp() - interval '7 days') w)
  select m.provider, m.model, k.at, count(h.id) as calls, count(h.id) filter (where not h.ok) as failures,
    percentile_cont(0.5) within group (order by h.latency_ms) filter (where h.ok) as median_latency_ms,
    max(u.ms) as usual_latency_ms
  from (select clock_timestamp() - n * interval '2 minutes' as at from generate_series(0, 14) n) k
  cross join lately m
  left join breakers b on b.provider = m.provider and b.model = m.model
  left join health_checks h on h.provider = m.provider and h.model = m.model
    and h.checked_at > greatest(k.at - interval '10 minutes', (b.state->>'closedAt')::timestamptz)
    and h.checked_at <= k.at
  left join usual u on u.provider = m.provider and u.model = m.model
  group by m.provider, m.model, k.at order by k.at`;

const SHADOW_SHARE = `
  select coalesce(avg(shadow::int), 0)::float8 as calls,
    coalesce(sum(cost_micro_usd) filter (where shadow)::float8 / nullif(sum(cost_micro_usd), 0)::float8, 0) as spend
  from forecasts where world = $1 and attempt_group not like '${panelGroup('%')}' and created_at > world_now($1) - interval '7 days'`;

export const createSelectionReads = (db: Sql): SelectionReads => ({
  contexts: ({ world, category, regime, expiry, through }) =>
    db.query<ContextRow>(CONTEXTS, [world, category, regime, expiry, through]),
  looks: () => db.query<LookRow>(LOOKS, []),
  shadowShare: async (world) => only(await db.query<ShadowShare>(SHADOW_SHARE, [world])),
});
