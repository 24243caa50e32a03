// What the rows of a world say of its competition's models: forecasts, cost, scores and shared research.
import { type IsoInstant, isReplay, type WorldId } from '../domain/world';
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

/** What of a world belongs to a competition: all of a replay's own, else its period, questions and readers. */
export interface TallyScope {
  readonly world: WorldId;
  readonly competitionId: string;
  readonly subjects: readonly string[];
  /** `<reference date>/<resolve date>` of each question it may ask; null: whatever was asked of its subjects. */
  readonly spans: readonly string[] | null;
  readonly from: IsoInstant;
  /** Exclusive. */
  readonly to: IsoInstant;
}

export interface CompetitionTallies {
  modelTallies(scope: TallyScope): Promise<readonly ModelTally[]>;
  /** Resolved propositions that all of these models answered, with their probabilities by model name. */
  scoredForecasts(
    scope: TallyScope,
    models: readonly string[],
  ): Promise<
    readonly {
      readonly propositionId: string;
      readonly yes: boolean;
      readonly probabilities: readonly number[];
    }[]
  >;
  research(
    scope: TallyScope,
  ): Promise<{ readonly sessions: number; readonly reads: number; readonly costMicroUsd: number }>;
}

const OWN = `f.world = $1 and f.attempt_group = 'competition' and f.created_at >= $2
  and ($4::timestamptz is null or f.created_at < $4)
  and exists (select 1 from propositions p where p.id = f.proposition_id and p.subject = any($3)
    and ($5::text[] is null or (p.rule ->> 'referenceDate') || '/' || (p.rule ->> 'resolveDate') = any($5)))`;

/** A replay's clock is behind the machine's, so that its rows are all of later date than its days. */
const parametersOf = ({ world, from, to, subjects, spans }: TallyScope): readonly unknown[] => [
  world,
  from,
  [...subjects],
  isReplay(world) ? null : to,
  spans && [...spans],
];

const RESEARCH_OF_WORLD = `
  select (select count(*) from briefs where world = $1) as sessions,
    (select coalesce(sum(cost_micro_usd), 0) from briefs where world = $1) as cost_micro_usd,
    (select count(*) from brief_reads where world = $1) as reads`;

/** Briefs that its accounts read, whoever had them made. */
const RESEARCH_OF_READERS = `
  with own as (select brief_id from brief_reads where world = $1 and starts_with(reader, $2))
  select count(*) as sessions, coalesce(sum(b.cost_micro_usd), 0) as cost_micro_usd,
    (select count(*) from own) as reads
  from briefs b where b.id in (select brief_id from own)`;

export const createCompetitionTallies = (db: Sql): CompetitionTallies => ({
  // Sums of floats depend on the order of rows, sums of numerics do not: the same rows make the same board.
  modelTallies: (scope) =>
    db.query<ModelTally>(
      `select f.model, count(*) as forecasts, count(*) filter (where f.status = 'answered') as answered,
         coalesce(sum(f.cost_micro_usd), 0) as cost_micro_usd, count(s.brier) as scored,
         avg(s.brier::numeric)::float8 as brier
       from forecasts f left join model_performance s on s.forecast_id = f.id
       where ${OWN} group by f.model order by f.model`,
      parametersOf(scope),
    ),

  scoredForecasts: (scope, models) =>
    db.query(
      `select s.proposition_id, bool_or(s.yes) as yes, array_agg(s.probability order by s.model) as probabilities
       from model_performance s join forecasts f on f.id = s.forecast_id
       where ${OWN} and s.model = any($6) group by s.proposition_id
       having count(*) = cardinality($6) order by s.proposition_id`,
      [...parametersOf(scope), [...models]],
    ),

  research: async ({ world, competitionId }) =>
    first(
      await db.query<{ sessions: number; reads: number; costMicroUsd: number }>(
        isReplay(world) ? RESEARCH_OF_WORLD : RESEARCH_OF_READERS,
        isReplay(world) ? [world] : [world, `${competitionId}/`],
      ),
    ) ?? { sessions: 0, reads: 0, costMicroUsd: 0 },
});
