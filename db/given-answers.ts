// Answers given lately that a question in other words may take over (A12). Only what was paid for is offered:
// answers that were themselves taken over have no call of their own.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Sql } from './sql';

export interface GivenRow {
  readonly answerKey: string;
  readonly model: string;
  readonly provider: string;
  readonly modelVersion: string;
  readonly costMicroUsd: MicroUsd | null;
  readonly givenAt: IsoInstant;
  /** The question's words. */
  readonly text: string;
  /** Id of the decision or tournament that asked it. */
  readonly source: string;
}

export interface GivenForecast extends GivenRow {
  readonly probability: number;
  readonly subject: string;
  readonly resolvesAt: IsoInstant;
  /** Kind of the brief it rests on; null: without one. */
  readonly kind: string | null;
  readonly price: number | null;
}

interface Recent {
  readonly world: WorldId;
  readonly models: readonly string[];
  readonly since: IsoInstant;
}

export interface GivenAnswers {
  /** First-round forecasts of live calls whose brief no event has covered since. */
  forecasts(query: Recent & { readonly resolvesAt: IsoInstant }): Promise<readonly GivenForecast[]>;
  /** Answers of tournaments of one task type with these very options. */
  ofTournaments(
    query: Recent & { readonly taskType: string; readonly options: readonly string[] },
  ): Promise<readonly GivenRow[]>;
}

const ANSWER = `a.key as answer_key, a.model, a.provider, a.served_by as model_version, a.cost_micro_usd,
  a.created_at as given_at`;
/** More than are asked in half an hour. */
const MOST = 500;

const FORECASTS = `
  select ${ANSWER}, f.probability, f.decision_id as source, p.statement as text, p.subject, p.resolves_at,
    b.kind, d.price
  from forecasts f
  join answers a on a.key = f.answer_key and a.status = 'answered'
  join propositions p on p.id = f.proposition_id and p.world = f.world
  join ensemble_decisions d on d.id = f.decision_id
  left join briefs b on b.id = f.brief_id
  where f.world = $1 and f.model = any($2) and f.created_at >= $3 and a.created_at >= $3 and p.resolves_at = $4
    and f.status = 'answered' and f.attempt_group = 'first' and f.probability is not null
    and f.provider not in ('house', 'recorded') and starts_with(a.key, f.decision_id || '/')
    and (f.brief_id is null or b.epoch >= covering_epoch(b.world, b.subject))
  order by a.created_at desc limit ${MOST}`;

const TOURNAMENTS = `
  select distinct on (a.created_at, a.key) ${ANSWER}, t.id as source, x.body as text
  from tournaments t
  join task_texts x on x.id = t.prompt_id
  join ledger l on l.decision_id = t.id and l.feature = 'tournament' and l.status = 'settled'
  join answers a on a.key = l.call_key and a.status = 'answered'
  where t.world = $1 and a.world = $1 and a.model = any($2) and a.created_at >= $3 and t.task_type = $4
    and t.options = $5::jsonb and t.created_at >= $3::timestamptz - interval '1 day'
  order by a.created_at desc, a.key limit ${MOST}`;

export const createGivenAnswers = (db: Sql): GivenAnswers => ({
  forecasts: ({ world, models, since, resolvesAt }) =>
    db.query<GivenForecast>(FORECASTS, [world, models, since, resolvesAt]),
  ofTournaments: ({ world, models, since, taskType, options }) =>
    db.query<GivenRow>(TOURNAMENTS, [world, models, since, taskType, JSON.stringify(options)]),
});
