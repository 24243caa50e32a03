// Scored forecasts and the rolling windows computed from them.
import type { MicroUsd } from '../domain/money/micro-usd';
import { ANALYSTS } from '../domain/panel/forecaster';
import type { IsoInstant, WorldId } from '../domain/world';
import { jsonRows, type Sql } from './sql';

export interface PerformanceRow {
  readonly forecastId: string;
  readonly world: WorldId;
  readonly model: string;
  readonly modelVersion: string;
  readonly propositionId: string;
  readonly outcomeRevision: number;
  readonly marketCategory: string;
  /** `low`, `middle`, `high` or `unknown` (domain/track/regime.ts). */
  readonly volatilityRegime: string;
  /** `under_1_day`, `1_to_7_days`, `7_to_30_days` or `over_30_days` (domain/track/expiry.ts). */
  readonly timeToExpiry: string;
  readonly probability: number;
  readonly price: number | null;
  readonly yes: boolean;
  /** 1 hit, 0 miss, 0.5 at exactly p = 0.5. */
  readonly accuracy: number;
  readonly confidenceCalibration: number;
  readonly calibrationBin: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly responseTimeMs: number;
  readonly costMicroUsd: MicroUsd | null;
  readonly decisionQuality: number;
  readonly pnlMicroUsd: MicroUsd | null;
  readonly forecastAt: IsoInstant;
  readonly resolvedAt: IsoInstant;
  readonly scoredAt: IsoInstant;
}

/** A score with what its question is about, which decides what counts as one observation, and with whom it was asked. */
export interface ScoredForecast extends PerformanceRow {
  readonly subject: string;
  /** Null for a forecast of no decision. */
  readonly decisionId: string | null;
}

const PERFORMANCE_WINDOWS = ['1h', '6h', '24h', '7d', '30d', 'all'] as const;
export type PerformanceWindow = (typeof PERFORMANCE_WINDOWS)[number];

export interface WindowRow {
  readonly world: WorldId;
  readonly model: string;
  readonly timeWindow: PerformanceWindow;
  /** `*` in each of the three: over all. */
  readonly marketCategory: string;
  readonly volatilityRegime: string;
  readonly timeToExpiry: string;
  readonly n: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly asOf: IsoInstant;
  readonly computedAt: IsoInstant;
}

export type ScoredOutcome = Pick<PerformanceRow, 'propositionId' | 'outcomeRevision'>;

export interface PerformanceStore {
  /**
   * Stores the scores of a proposition under an outcome, replacing those of an older revision; of forecasts that it
   * scores no more, those are taken out. The number written or taken out.
   */
  putScores(
    outcome: ScoredOutcome,
    scores: readonly Omit<PerformanceRow, 'scoredAt' | keyof ScoredOutcome>[],
  ): Promise<number>;
  /** Takes the scores of a proposition whose outcome became void out of the record. */
  removeScores(propositionId: string): Promise<number>;
  /** Scores resolved in a range, the newest `limit` of them, oldest first; those of analysts only by their category. */
  scores(query: {
    readonly world: WorldId;
    readonly model?: string;
    readonly marketCategory?: string;
    readonly from?: IsoInstant;
    /** Exclusive. */
    readonly to?: IsoInstant;
    readonly limit?: number;
  }): Promise<readonly ScoredForecast[]>;
  putWindows(windows: readonly Omit<WindowRow, 'computedAt'>[]): Promise<void>;
  windows(query: {
    readonly world: WorldId;
    readonly model?: string;
    readonly timeWindow?: PerformanceWindow;
  }): Promise<readonly WindowRow[]>;
}

const SCORE_COLUMNS = `forecast_id, world, model, model_version, proposition_id, outcome_revision, market_category,
  volatility_regime, time_to_expiry, probability, price, yes, accuracy, confidence_calibration, calibration_bin, brier,
  log_loss, response_time_ms, cost_micro_usd, decision_quality, pnl_micro_usd, forecast_at, resolved_at`;

const updates = (columns: string, keys: readonly string[]): string =>
  columns
    .split(/,\s*/)
    .filter((column) => !keys.includes(column))
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');

const PUT_SCORES = `
  with scores as (
    select ${SCORE_COLUMNS} from jsonb_populate_recordset(null::model_performance, $3::jsonb)),
  outdated as (
    delete from model_performance where proposition_id = $1 and outcome_revision < $2
      and forecast_id not in (select forecast_id from scores)
    returning forecast_id),
  written as (
    insert into model_performance (${SCORE_COLUMNS}, scored_at)
    select ${SCORE_COLUMNS}, world_now(world) from scores
    on conflict (forecast_id) do update set ${updates(SCORE_COLUMNS, ['forecast_id'])}, scored_at = excluded.scored_at
    where model_performance.outcome_revision < excluded.outcome_revision
    returning forecast_id)
  select forecast_id from outdated union all select forecast_id from written`;

const WINDOW_COLUMNS =
  'world, model, time_window, market_category, volatility_regime, time_to_expiry, n, metrics, as_of';
const WINDOW_KEY = [
  'world',
  'model',
  'time_window',
  'market_category',
  'volatility_regime',
  'time_to_expiry',
];

const PUT_WINDOWS = `
  insert into performance_windows (${WINDOW_COLUMNS}, computed_at)
  select ${WINDOW_COLUMNS}, clock_timestamp() from jsonb_populate_recordset(null::performance_windows, $1::jsonb)
  on conflict (${WINDOW_KEY.join(', ')}) do update set ${updates(WINDOW_COLUMNS, WINDOW_KEY)}, computed_at = excluded.computed_at
  where performance_windows.as_of <= excluded.as_of`;

export const createPerformanceStore = (db: Sql): PerformanceStore => ({
  putScores: async (outcome, scores) => {
    const { propositionId, outcomeRevision } = outcome;
    const rows = jsonRows(scores.map((score) => ({ ...score, ...outcome })));
    return (await db.query(PUT_SCORES, [propositionId, outcomeRevision, rows])).length;
  },

  removeScores: async (propositionId) =>
    (
      await db.query('delete from model_performance where proposition_id = $1 returning forecast_id', [
        propositionId,
      ])
    ).length,

  scores: ({ world, model, marketCategory, from, to, limit }) =>
    db.query<ScoredForecast>(
      `with newest as (
         select ${SCORE_COLUMNS}, scored_at from model_performance
         where world = $1 and ($2::text is null or model = $2) and market_category = coalesce($3, market_category)
           and (market_category <> '${ANALYSTS}' or $3 is not null)
           and ($4::timestamptz is null or resolved_at >= $4) and ($5::timestamptz is null or resolved_at < $5)
         order by resolved_at desc, forecast_id desc limit $6)
       select newest.*, p.subject, f.decision_id
       from newest join propositions p on p.id = newest.proposition_id join forecasts f on f.id = newest.forecast_id
       order by resolved_at, forecast_id`,
      [world, model ?? null, marketCategory ?? null, from ?? null, to ?? null, limit ?? 100_000],
    ),

  putWindows: async (windows) => {
    await db.query(PUT_WINDOWS, [jsonRows(windows)]);
  },

  windows: ({ world, model, timeWindow }) =>
    db.query<WindowRow>(
      `select ${WINDOW_COLUMNS}, computed_at from performance_windows
       where world = $1 and ($2::text is null or model = $2) and ($3::text is null or time_window = $3)
       order by model, time_window, market_category, volatility_regime, time_to_expiry`,
      [world, model ?? null, timeWindow ?? null],
    ),
});
