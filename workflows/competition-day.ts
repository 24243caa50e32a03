// One day of a competition: research shared by all before the open, a forecast per model and symbol, orders,
// fills at the open, a snapshot at the close, and the outcomes that the close decides.
import { patched, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { Market } from '../domain/market/market';
import { sessionInstant } from '../domain/market/session-times';
import { store } from './activity-stubs';
import { callWithFailover, inOrder } from './call-with-failover';
import {
  type CompetitionDayInput,
  type CompetitionDayResult,
  type CompetitionModel,
  type CompetitionSubject,
  categoryOf,
  competitionForecastPrefix,
} from './contracts/competition';
import { PRIORITY } from './contracts/task-queues';
import { resolveDue, resolveFirstPage } from './resolve-due';
import { runUnless } from './run-unless';

/** A batch takes a second or two; a killed worker is noticed by its missing heartbeat. */
export const batch = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '15 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    maximumInterval: '10 seconds',
    nonRetryableErrorTypes: ['BadInput'],
  },
});

export async function competitionDay(input: CompetitionDayInput): Promise<CompetitionDayResult> {
  const subjects = await batch.researchCompetitionDay.executeWithOptions(
    { summary: `research · ${input.run.symbols.length} symbols` },
    [input],
  );
  const answered = await Promise.all(input.run.models.map((model) => forecastAll(input, model, subjects)));
  const { orders } = await batch.placeCompetitionOrders.executeWithOptions({ summary: 'orders' }, [
    { ...input, subjects },
  ]);
  await batch.settleCompetitionDay.executeWithOptions({ summary: 'fills and snapshots' }, [input]);
  // A replay resolves its own outcomes: what the day's close decides is scored before the next day begins.
  const due = { world: input.run.world, prices: input.run.prices };
  const tally = await (patched('due-in-parts') ? resolveDue(due) : resolveFirstPage(due));
  const asked = subjects.filter(({ propositionId }) => propositionId !== null).length;
  const forecasts = answered.reduce((sum, count) => sum + count, 0);
  return {
    date: input.date,
    researched: asked,
    forecasts,
    failedForecasts: asked * input.run.models.length - forecasts,
    orders,
    resolved: tally.resolved + tally.voided,
  };
}

/** Providers that compute on the spot: their calls are made in one batch. */
const IN_BATCH = new Set(['house']);

/** What is asked already, by answer key, where competitions go side by side. Null: nobody else asks. */
export type AskedOnce = Map<string, Promise<void>> | null;

export interface AskingLimit {
  /** From then on calls that are under way are given up. */
  readonly tooLate: () => boolean;
  readonly onGivingUp: (model: CompetitionModel) => void;
}

/** One model's forecasts of a day. @returns how many were answered */
export const forecastAll = async (
  input: CompetitionDayInput,
  model: CompetitionModel,
  subjects: readonly CompetitionSubject[],
  asked: AskedOnce = null,
  limit: AskingLimit | null = null,
): Promise<number> => {
  const storedOnly = !IN_BATCH.has(model.provider);
  // On a queue that no worker serves a call would wait for ever.
  const unserved = storedOnly ? await store.unservedCompetitor(model) : null;
  if (storedOnly && unserved === null) {
    const calls = () => Promise.all(subjects.map((subject) => callHosted(input, model, subject, asked)));
    if (limit === null) await calls();
    else if ((await runUnless(limit.tooLate, calls)) === null) limit.onGivingUp(model);
  }
  return batch.forecastCompetitionDay.executeWithOptions({ summary: `forecasts · ${model.model}` }, [
    {
      ...{ ...input, model, subjects, storedOnly },
      ...(asked === null ? {} : { askedOnce: true }),
      ...(unserved === null ? {} : { unserved }),
    },
  ]);
};

/** Two calls under one key would both be sent, and both be billed. */
const callHosted = async (
  input: CompetitionDayInput,
  model: CompetitionModel,
  subject: CompetitionSubject,
  asked: AskedOnce,
): Promise<void> => {
  // Another answer would be paid for, and have no place: a model's first forecast of a proposition counts.
  if (subject.propositionId === null || subject.forecastBy?.includes(model.model)) return;
  const keyPrefix = competitionForecastPrefix(input.run.world, input.date, subject, asked !== null);
  const key = `${keyPrefix}/${model.model}`;
  const call = asked?.get(key) ?? sendHosted(input, model, subject, keyPrefix);
  asked?.set(key, call);
  await call;
};

/** A language model's call goes through its provider's own queue; a failure is on record, not an end. */
const sendHosted = async (
  { run, date }: CompetitionDayInput,
  { model, provider }: CompetitionModel,
  subject: CompetitionSubject,
  keyPrefix: string,
): Promise<void> => {
  const { symbol, propositionId, briefId, seriesId, deadlinesMs } = subject;
  const deadlineMs = deadlinesMs?.[provider];
  await callWithFailover(
    {
      keyPrefix,
      summary: `forecast · ${symbol}`,
      task: { type: 'forecast', propositionId: propositionId!, briefId, seriesId, recorded: null },
      world: run.world,
      asOf: run.prices === null ? null : sessionInstant(run.market as Market, date),
      feature: 'competition',
      category: categoryOf(subject),
      scopes: {},
      deadlineMs: run.callDeadlineMs,
      maxCostMicroUsd: null,
      priority: PRIORITY.background,
    },
    inOrder([
      {
        ...{ model, provider, worstCaseMicroUsd: 0, statistical: false, recorded: false },
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      },
    ]),
  );
};
