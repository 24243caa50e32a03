// Panels with their predictions, written once and in one transaction (requirement H4), and the wording of analysts.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { PanelView } from '../domain/panel/portfolio';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Database } from './database';
import type { NewForecast } from './decision-record';
import { insertForecasts } from './forecast-store';
import type { PageCursor } from './page-cursor';
import { first, jsonb, jsonRows, type Sql } from './sql';
import { type OnceOnly, once } from './transaction';

export interface AnalystWording {
  /** Hash of rules and wording. */
  readonly version: string;
  readonly analyst: string;
  readonly name: string;
  readonly analystGroup: string;
  readonly needs: readonly string[];
  readonly body: string;
}

export interface NewPanel {
  readonly id: string;
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  readonly status: 'complete' | 'partial' | 'abstained';
  readonly model: string;
  readonly provider: string;
  readonly portfolio: readonly PanelView[];
  readonly asked: number;
  readonly answered: number;
  readonly abstained: number;
  readonly failed: number;
  readonly notes: readonly string[];
  readonly costMicroUsd: MicroUsd;
  readonly wallMs: number;
  readonly synthetic: boolean;
}

export interface PanelRow extends NewPanel {
  readonly createdAt: IsoInstant;
}

export interface NewPrediction {
  readonly panelId: string;
  readonly subject: string;
  readonly analyst: string;
  readonly analystGroup: string;
  readonly promptVersion: string;
  readonly propositionId: string | null;
  readonly briefId: string | null;
  readonly model: string;
  readonly provider: string;
  readonly modelVersion: string | null;
  readonly answerKey: string | null;
  readonly status: 'answered' | 'abstained' | 'failed';
  readonly failure: string | null;
  /** Null unless answered. */
  readonly probability: number | null;
  readonly signal: string | null;
  readonly confidence: number | null;
  readonly reasons: readonly string[];
  readonly costMicroUsd: MicroUsd | null;
  readonly latencyMs: number;
  readonly sends: number;
}

export interface PredictionRow extends NewPrediction {
  readonly createdAt: IsoInstant;
}

export interface PanelStore {
  /** Stores wordings that are not there yet. */
  putWordings(wordings: readonly AnalystWording[]): Promise<void>;
  wording(version: string): Promise<AnalystWording | null>;
  /**
   * Stores the panel, all its predictions and the forecasts that outcomes will score once by panel id; a
   * repetition returns what was stored.
   */
  record(
    panel: NewPanel,
    predictions: readonly NewPrediction[],
    forecasts: readonly NewForecast[],
  ): Promise<OnceOnly<PanelRow>>;
  get(id: string): Promise<PanelRow | null>;
  /** Newest first, at most `limit` (default 50, at most 500), those after `before` only. */
  list(world: WorldId, limit?: number, before?: PageCursor): Promise<readonly PanelRow[]>;
  predictionsOf(panelId: string): Promise<readonly PredictionRow[]>;
}

const PANEL = `id, world, as_of, status, model, provider, portfolio, asked, answered, abstained, failed, notes,
  cost_micro_usd, wall_ms, synthetic`;

const INSERT_PANEL = `insert into panels (${PANEL}, created_at)
  values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12::jsonb, $13, $14, $15, world_now($2))
  on conflict (id) do nothing returning ${PANEL}, created_at`;

const PREDICTION = `panel_id, subject, analyst, analyst_group, prompt_version, proposition_id, brief_id, model,
  provider, model_version, answer_key, status, failure, probability, signal, confidence, reasons, cost_micro_usd,
  latency_ms, sends`;

const INSERT_PREDICTIONS = `insert into panel_predictions (${PREDICTION}, created_at)
  select ${PREDICTION}, world_now($2) from jsonb_to_recordset($1::jsonb) as p (
    panel_id text, subject text, analyst text, analyst_group text, prompt_version text, proposition_id text,
    brief_id text, model text, provider text, model_version text, answer_key text, status text, failure text,
    probability float8, signal text, confidence float8, reasons jsonb, cost_micro_usd bigint, latency_ms int,
    sends int)`;

const INSERT_WORDINGS = `insert into analyst_prompts (version, analyst, name, analyst_group, needs, body)
  select version, analyst, name, analyst_group, needs, body from jsonb_to_recordset($1::jsonb) as a (
    version text, analyst text, name text, analyst_group text, needs jsonb, body text)
  on conflict (version) do nothing`;

const insertPanel = (sql: Sql, panel: NewPanel): Promise<readonly PanelRow[]> =>
  sql.query<PanelRow>(INSERT_PANEL, [
    panel.id,
    panel.world,
    panel.asOf,
    panel.status,
    panel.model,
    panel.provider,
    jsonb(panel.portfolio),
    panel.asked,
    panel.answered,
    panel.abstained,
    panel.failed,
    jsonb(panel.notes),
    panel.costMicroUsd,
    Math.round(panel.wallMs),
    panel.synthetic,
  ]);

const READ = `select ${PANEL}, created_at from panels`;

export const createPanelStore = (db: Database): PanelStore => ({
  putWordings: async (wordings) => {
    await db.query(INSERT_WORDINGS, [jsonRows(wordings)]);
  },

  wording: async (version) =>
    first(
      await db.query<AnalystWording>(
        'select version, analyst, name, analyst_group, needs, body from analyst_prompts where version = $1',
        [version],
        'analyst-wording',
      ),
    ),

  record: (panel, predictions, forecasts) =>
    db.transaction(async (sql) => {
      const stored = await once(
        () => insertPanel(sql, panel),
        () => sql.query<PanelRow>(`${READ} where id = $1`, [panel.id]),
      );
      if (!stored.first) return stored;
      if (predictions.length > 0) await sql.query(INSERT_PREDICTIONS, [jsonRows(predictions), panel.world]);
      await insertForecasts(sql, forecasts, panel.asOf);
      return stored;
    }),

  get: async (id) => first(await db.query<PanelRow>(`${READ} where id = $1`, [id])),

  list: (world, limit = 50, before) =>
    db.query<PanelRow>(
      `${READ} where world = $1 and ($3::timestamptz is null or (created_at, id) < ($3, $4))
       order by created_at desc, id desc limit $2`,
      [world, Math.min(limit, 500), before?.at ?? null, before?.id ?? null],
    ),

  predictionsOf: (panelId) =>
    db.query<PredictionRow>(
      `select ${PREDICTION}, created_at from panel_predictions where panel_id = $1 order by subject, analyst`,
      [panelId],
    ),
});
