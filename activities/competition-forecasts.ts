// One model's forecasts of a competition's day: each by the same paid-once call as in a decision, and stored as
// a forecast row that outcomes score.
import { ApplicationFailure } from '@temporalio/common';
import type { ForecastRecord, NewForecast } from '../db/decision-record';
import type { Market } from '../domain/market/market';
import { sessionInstant } from '../domain/market/session-times';
import type { MicroUsd } from '../domain/money/micro-usd';
import { isProblem, parseForecast } from '../domain/research/answer-forms';
import { SYNTHETIC_WORLD } from '../domain/world';
import {
  type CompetitionForecasts,
  type CompetitionModel,
  type CompetitionSubject,
  categoryOf,
  competitionForecastPrefix,
} from '../workflows/contracts/competition';
import { createCallModel } from './call-model';
import type { Dependencies } from './dependencies';
import { inTurns } from './in-turns';
import { createUsableModels } from './usable-models';

/** Calls of one model at once; six models run side by side. */
const AT_ONCE = 2;
/** Forecasts of competitions, apart from those of decisions about the same proposition. */
export const COMPETITION_GROUP = 'competition';

type Asked = CompetitionSubject & { readonly propositionId: string };

export const createCompetitionForecasts = (dependencies: Dependencies) => {
  const { stores } = dependencies;
  const { callModel } = createCallModel(dependencies);
  const { ended, unserved } = createUsableModels(dependencies);

  /** Why no worker can call the model, as a sentence's end: its key may have gone, or it itself, since it joined. Null: one can. */
  const unservedCompetitor = async ({ model }: CompetitionModel): Promise<string | null> => {
    const entry = await stores.registry.get(model);
    return entry ? (ended(entry) ?? unserved(entry)) : 'is no longer in the registry';
  };

  const keyOf = ({ run, date, model, askedOnce }: CompetitionForecasts, subject: Asked): string =>
    `${competitionForecastPrefix(run.world, date, subject, askedOnce)}/${model.model}`;

  /** The kind of a final failure; null when there is an answer. Others are thrown, to be tried again. */
  const call = async (request: CompetitionForecasts, subject: Asked): Promise<string | null> => {
    const { run, date, model } = request;
    try {
      await callModel({
        key: keyOf(request, subject),
        provider: model.provider,
        model: model.model,
        task: { type: 'forecast', ...idsOf(subject), recorded: null },
        world: run.world,
        asOf: run.prices === null ? null : sessionInstant(run.market as Market, date),
        feature: 'competition',
        category: categoryOf(subject),
        scopes: {},
        deadlineMs: run.callDeadlineMs,
        maxCostMicroUsd: null,
      });
      return null;
    } catch (error) {
      if (error instanceof ApplicationFailure && error.nonRetryable) return error.type ?? 'unavailable';
      throw error;
    }
  };

  /** All sendings together: what failed before the answer, or instead of it, was paid for too. */
  const costOf = async ({ provider, model }: CompetitionModel, key: string): Promise<MicroUsd> =>
    (await stores.calls.look({ key, provider, model })).sendings.reduce(
      (sum, { costMicroUsd }) => sum + costMicroUsd,
      0,
    );

  const forecastOf = async (request: CompetitionForecasts, subject: Asked): Promise<NewForecast> => {
    const failure = request.storedOnly ? null : await call(request, subject);
    const key = keyOf(request, subject);
    const answer = failure === null ? await stores.answers.get(key) : null;
    const parsed = answer?.status === 'answered' ? parseForecast(answer.answer) : null;
    const given = parsed && !isProblem(parsed) ? parsed : null;
    return {
      world: request.run.world,
      decisionId: null,
      attemptGroup: COMPETITION_GROUP,
      model: request.model.model,
      provider: request.model.provider,
      modelVersion: answer?.servedBy ?? 'unknown',
      propositionId: subject.propositionId,
      briefId: subject.briefId,
      answerKey: answer?.key ?? null,
      status: given ? 'answered' : 'failed',
      failure: given ? null : (failure ?? 'unavailable'),
      probability: given?.probability ?? null,
      calibratedProbability: null,
      weight: null,
      reasons: given ? given.reasons : request.unserved ? [`Not asked: it ${request.unserved}`] : [],
      costMicroUsd: request.storedOnly ? await costOf(request.model, key) : (answer?.costMicroUsd ?? 0),
      latencyMs: answer?.latencyMs ?? 0,
      shadow: false,
      synthetic: request.run.world === SYNTHETIC_WORLD,
    };
  };

  /** What the model said of the proposition on a day before. */
  const knownForecasts = async (
    { propositionId }: Asked,
    model: string,
  ): Promise<readonly ForecastRecord[]> =>
    (await stores.forecasts.ofProposition(propositionId)).filter(
      (row) => row.attemptGroup === COMPETITION_GROUP && row.model === model,
    );

  /** @returns how many were answered */
  const forecastCompetitionDay = async (request: CompetitionForecasts): Promise<number> => {
    const { model } = request.model;
    const asked = request.subjects.filter((subject): subject is Asked => subject.propositionId !== null);
    const isKnown = ({ forecastBy }: Asked): boolean => forecastBy?.includes(model) ?? false;
    const known = await Promise.all(asked.filter(isKnown).map((subject) => knownForecasts(subject, model)));
    const anew = asked.filter((subject) => !isKnown(subject));
    const forecasts = await inTurns(anew, AT_ONCE, (subject) => forecastOf(request, subject));
    await stores.forecasts.put(forecasts);
    return [...known.flat(), ...forecasts].filter(({ status }) => status === 'answered').length;
  };
  return { unservedCompetitor, forecastCompetitionDay };
};

const idsOf = ({ propositionId, briefId, seriesId }: Asked) => ({ propositionId, briefId, seriesId });
