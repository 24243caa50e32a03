// Forecasts: one row per model, decision and attempt group, also for members that failed.
import type { IsoInstant, WorldId } from '../domain/world';
import { type ForecastRecord, forecastId, type NewForecast } from './decision-record';
import { first, jsonRows, type Sql } from './sql';

export interface ForecastStore {
  /** Stores each once, all in one statement; the number that were new. */
  put(forecasts: readonly NewForecast[]): Promise<number>;
  get(id: string): Promise<ForecastRecord | null>;
  ofProposition(propositionId: string): Promise<readonly ForecastRecord[]>;
  /** The forecast of each member of a decision that counts: its second vote, where it cast one. */
  counted(decisionId: string): Promise<readonly ForecastRecord[]>;
  /**
   * The newest answered forecast of this model for this proposition and brief whose call was answered at or after an
   * instant (F5). One that itself stood in for a call does not count, or it would grow older with every use.
   */
  reusable(query: {
    readonly world: WorldId;
    readonly model: string;
    readonly propositionId: string;
    readonly briefId: string;
    readonly since: IsoInstant;
  }): Promise<ForecastRecord | null>;
}

const COLUMNS = `id, world, decision_id, attempt_group, model, provider, model_version, proposition_id, brief_id,
  answer_key, status, failure, probability, calibrated_probability, weight, reasons, cost_micro_usd, latency_ms,
  shadow, synthetic`;

const INSERT = `
  insert into forecasts (${COLUMNS}, created_at)
  select ${COLUMNS}, coalesce(made_at, world_now(world)) from jsonb_to_recordset($1::jsonb) as f (
    id text, world text, decision_id text, attempt_group text, model text, provider text, model_version text,
    proposition_id text, brief_id text, answer_key text, status text, failure text, probability float8,
    calibrated_probability float8, weight float8, reasons jsonb, cost_micro_usd bigint, latency_ms int,
    shadow boolean, synthetic boolean, made_at timestamptz)
  on conflict do nothing returning id`;

const toRow = (forecast: NewForecast, madeAt: IsoInstant | null) => ({
  ...forecast,
  latencyMs: Math.round(forecast.latencyMs),
  id: forecastId(forecast),
  madeAt,
});

/** Part of the transaction of a decision or panel. `madeAt`: when a replay's were made; null: now in their world. */
export const insertForecasts = async (
  sql: Sql,
  forecasts: readonly NewForecast[],
  madeAt: IsoInstant | null = null,
): Promise<number> => {
  if (forecasts.length === 0) return 0;
  const rows = forecasts.map((forecast) => toRow(forecast, madeAt));
  return (await sql.query(INSERT, [jsonRows(rows)])).length;
};

export const createForecastStore = (db: Sql): ForecastStore => ({
  put: (forecasts) => insertForecasts(db, forecasts),

  get: async (id) =>
    first(await db.query<ForecastRecord>(`select ${COLUMNS}, created_at from forecasts where id = $1`, [id])),

  ofProposition: (propositionId) =>
    db.query<ForecastRecord>(
      `select ${COLUMNS}, created_at from forecasts where proposition_id = $1 order by created_at, id`,
      [propositionId],
    ),

  counted: (decisionId) =>
    db.query<ForecastRecord>(
      `select distinct on (model) ${COLUMNS}, created_at from forecasts
       where decision_id = $1 and not shadow
       order by model, attempt_group desc`,
      [decisionId],
    ),

  reusable: async ({ world, model, propositionId, briefId, since }) =>
    first(
      await db.query<ForecastRecord>(
        `select ${COLUMNS}, created_at from forecasts f
         where world = $1 and model = $2 and proposition_id = $3 and brief_id = $4 and status = 'answered'
           and created_at >= $5 and starts_with(answer_key, decision_id || '/')
           and exists (select 1 from answers a where a.key = f.answer_key and a.created_at >= $5)
         order by created_at desc limit 1`,
        [world, model, propositionId, briefId, since],
      ),
    ),
});
