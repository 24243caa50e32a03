// Looks for answers that a question in other words may take over (A12), for decisions and for tournaments. Off
// unless the setting reuse_similar_questions says otherwise; never across worlds, never in a replay.
import { createGivenAnswers, type GivenRow } from '../db/given-answers';
import type { Proposition } from '../domain/market/proposition';
import { parseSubject } from '../domain/market/subject';
import { FORECAST_REUSE_MS } from '../domain/outage/forecast-reuse';
import { answersTakenOver } from '../domain/research/answer-reuse';
import type { QuestionScope } from '../domain/research/reuse-gate';
import type { IsoInstant } from '../domain/world';
import type { ReusedAnswer } from '../workflows/contracts/calls';
import type { DecisionInput, PlannedMember, ReusedForecast } from '../workflows/contracts/decision';
import type { TournamentInput } from '../workflows/contracts/tournament';
import type { Dependencies } from './dependencies';

/** A bare question is what its words say; an instrument or contract is itself, however it is described. */
const instrument = (subject: string): string | null =>
  parseSubject(subject).kind === 'question' ? null : subject;

const sinceOf = (now: IsoInstant): IsoInstant => new Date(Date.parse(now) - FORECAST_REUSE_MS).toISOString();

interface Proposal {
  readonly stored: GivenRow;
  readonly similarity: number;
}

const toReused = ({ stored, similarity }: Proposal): ReusedAnswer => ({
  model: stored.model,
  provider: stored.provider,
  answerKey: stored.answerKey,
  modelVersion: stored.modelVersion,
  costThenMicroUsd: stored.costMicroUsd ?? 0,
  givenAt: stored.givenAt,
  from: stored.source,
  similarity,
});

export const createSimilarAnswers = ({ stores, db }: Pick<Dependencies, 'stores' | 'db'>) => {
  const given = createGivenAnswers(db);

  /** By member; none in a replay, and none where fresh research was asked for. */
  const forDecision = async (question: {
    readonly input: Pick<DecisionInput, 'asOf' | 'world' | 'research'>;
    readonly proposition: Proposition;
    readonly members: readonly PlannedMember[];
    readonly now: IsoInstant;
  }): Promise<readonly ReusedForecast[]> => {
    const { input, proposition, members, now } = question;
    const models = members.filter((member) => !member.statistical && !member.recorded);
    if (input.asOf !== null || input.research?.refresh || models.length === 0) return [];
    const { world } = input;
    const scope = (subject: string, kind: string | null, resolvesAt: IsoInstant): QuestionScope => ({
      ...{ world, asOf: null, subject: instrument(subject), kind: kind ?? '-', resolvesAt },
    });
    const rows = await given.forecasts({
      ...{ world, models: models.map(({ model }) => model), since: sinceOf(now) },
      resolvesAt: proposition.resolvesAt,
    });
    const taken = answersTakenOver(
      {
        text: proposition.statement,
        scope: scope(proposition.subject, input.research?.kind ?? null, proposition.resolvesAt),
        price: proposition.priceOfYes,
      },
      rows.map((row) => ({ ...row, scope: scope(row.subject, row.kind, row.resolvesAt) })),
      now,
    );
    return taken.map((each) => ({ ...toReused(each), probability: each.stored.probability }));
  };

  /** By model that would be asked. */
  const forTournament = async (
    { world, taskType, promptId, options }: TournamentInput,
    models: readonly string[],
  ): Promise<readonly ReusedAnswer[]> => {
    const [text, now] = await Promise.all([stores.taskTexts.get(promptId), stores.worlds.now(world)]);
    if (text === null) return [];
    const scope: QuestionScope = {
      ...{ world, asOf: null, subject: null, kind: taskType, resolvesAt: null },
    };
    const rows = await given.ofTournaments({ world, models, since: sinceOf(now), taskType, options });
    return answersTakenOver(
      { text, scope, price: null },
      rows.map((row) => ({ ...row, scope, price: null })),
      now,
    ).map(toReused);
  };
  return { forDecision, forTournament };
};
