// What the rows of a world say of its competition's models: forecasts, cost, scores and shared research.
import type { WorldId } from '../domain/world';
import { first, type Sql } from './sql';

/** Forecasts of a model in a world: what they cost, and how those that resolved scored. */
export interface ModelTally {
  readonly model: string;
  readonly forecasts: number;
  readonly answered: number;
  readonly costMicroUsd: number;
  readonly scored: number;
  /** Mean Brier score of the resolved; null without any. */
  readonly brier: number | null;
}

export interface CompetitionTallies {
  modelTallies(world: WorldId): Promise<readonly ModelTally[]>;
  /** Resolved propositions that all of these models answered, with their probabilities by model name. */
  scoredForecasts(
    world: WorldId,
    models: readonly string[],
  ): Promise<
    readonly {
      readonly propositionId: string;
      readonly yes: boolean;
      readonly probabilities: readonly number[];
    }[]
  >;
  research(
    world: WorldId,
  ): Promise<{ readonly sessions: number; readonly reads: number; readonly costMicroUsd: number }>;
}

export const createCompetitionTallies = (db: Sql): CompetitionTallies => ({
  // Sums of floats depend on the order of rows, sums of numerics do not: the same rows make the same board.
  modelTallies: (world) =>
    db.query<ModelTally>(
      `select f.model, count(*) as forecasts, count(*) filter (where f.status = 'answered') as answered,
         coalesce(sum(f.cost_micro_usd), 0) as cost_micro_usd, count(s.brier) as scored,
         avg(s.brier::numeric)::float8 as brier
       from forecasts f left join model_performance s on s.forecast_id = f.id
       where f.world = $1 group by f.model order by f.model`,
      [world],
    ),

  scoredForecasts: (world, models) =>
    db.query(
      `select proposition_id, bool_or(yes) as yes, array_agg(probability order by model) as probabilities
       from model_performance where world = $1 and model = any($2) group by proposition_id
       having count(*) = cardinality($2) order by proposition_id`,
      [world, [...models]],
    ),

  research: async (world) =>
    first(
      await db.query<{ sessions: number; reads: number; costMicroUsd: number }>(
        `select (select count(*) from briefs where world = $1) as sessions,
           (select coalesce(sum(cost_micro_usd), 0) from briefs where world = $1) as cost_micro_usd,
           (select count(*) from brief_reads where world = $1) as reads`,
        [world],
      ),
    ) ?? { sessions: 0, reads: 0, costMicroUsd: 0 },
});
