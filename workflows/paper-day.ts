// A market's round of its running competitions, started by schedule: before the open a forecast per model and
// symbol from the briefs that sessions share, and orders; after the close fills, snapshots and outcomes.
import {
  CancellationScope,
  condition,
  patched,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { store } from './activity-stubs';
import { type AskedOnce, batch, forecastAll } from './competition-day';
import type {
  CompetitionModel,
  CompetitionRun,
  CompetitionSubject,
  DuePaperDay,
  PaperDayRequest,
  PaperDayResult,
  PaperRound,
} from './contracts/competition';
import type { OutcomeTally } from './contracts/outcomes';
import type { BriefReady, BriefRef } from './contracts/research';
import { detailsTable } from './details-table';
import { failureText } from './failure-text';
import { briefReady } from './messages';
import { resolveDue, resolveFirstPage } from './resolve-due';
import { passedAfter } from './run-unless';
import { scheduledTime } from './scheduled-time';

/** Closing bars that are not public yet are asked for again, for two hours. */
const BAR_TRIES = 12;
const BAR_WAIT = '10 minutes';
/** Research that takes longer than this comes too late for the open. */
const RESEARCH_LIMIT = '20 minutes';

/** A day that a source keeps from being settled is tried for hours: not more often than the source is left alone. */
const { settlePaperDays } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '15 seconds',
  retry: {
    initialInterval: '1 second',
    maximumInterval: '5 minutes',
    nonRetryableErrorTypes: ['BadInput'],
  },
});

export async function paperDay(request: PaperDayRequest): Promise<PaperDayResult> {
  const ready: BriefReady[] = [];
  setHandler(briefReady, (message) => void ready.push(message));
  const { runs, skipped } = await store.planPaperDay({ request, scheduledAt: scheduledTime() });
  if (skipped) setCurrentDetails(`Skipped: ${skipped}`);
  const rounds: PaperRound[] = [];
  // Days that began before competitions went side by side go on one after another.
  const sideBySide = patched('competitions-side-by-side');
  // Orders alone ask; rounds that began before questions were shared go on asking each on its own.
  const asked: AskedOnce = request.part === 'orders' && patched('competitions-ask-once') ? new Map() : null;
  const tooLateFor = beforeTheOpen();
  const begin = async (due: DuePaperDay): Promise<void> => {
    const work =
      request.part === 'orders'
        ? placeOrders(due, ready, asked, tooLateFor(due))
        : settle(due.run, due.date, sideBySide);
    rounds.push(await orFailed(due, work));
    show(rounds);
  };
  const worlds = request.part === 'orders' ? [] : [...new Set(runs.map(({ run }) => run.world))];
  const tallies: OutcomeTally[] = [];
  if (sideBySide) {
    await Promise.all(runs.map(begin));
    for (const world of worlds) tallies.push(await resolveDue({ world, prices: null }));
  } else
    for (const due of runs) {
      await begin(due);
      if (worlds.length > 0) tallies.push(await resolveFirstPage({ world: due.run.world, prices: null }));
    }
  const resolved = tallies.reduce((sum, tally) => sum + tally.resolved + tally.voided, 0);
  return { part: request.part, skipped, rounds, resolved };
}

/** What befalls one competition costs no other its day. */
const orFailed = async ({ run, date }: DuePaperDay, work: Promise<PaperRound>): Promise<PaperRound> => {
  try {
    return await work;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    const missing = [`not done: ${failureText(error)}`];
    return { competitionId: run.competitionId, date, orders: 0, forecasts: 0, settledDays: 0, missing };
  }
};

/**
 * When it is too late to ask for orders of a day: competitions that share their questions share it too, as one that was
 * given up by the first is given up for all.
 */
const beforeTheOpen = () => {
  const known = new Map<string, () => boolean>();
  return ({ run, date, askForMs }: DuePaperDay): (() => boolean) | null => {
    if (askForMs === undefined) return null;
    const day = `${run.world}/${date}`;
    const late = known.get(day) ?? passedAfter(askForMs);
    known.set(day, late);
    return late;
  };
};

const placeOrders = async (
  { run, date }: DuePaperDay,
  ready: readonly BriefReady[],
  asked: AskedOnce,
  tooLate: (() => boolean) | null,
): Promise<PaperRound> => {
  const slow: string[] = [];
  const limit = tooLate && { tooLate, onGivingUp: ({ model }: CompetitionModel) => void slow.push(model) };
  const subjects = await Promise.all(run.symbols.map((symbol) => subjectOf(run, date, symbol, ready)));
  const answered = await Promise.all(
    run.models.map((model) => forecastAll({ run, date }, model, subjects, asked, limit)),
  );
  const { orders, late } = await batch.placeCompetitionOrders.executeWithOptions({ summary: 'orders' }, [
    { run, date, subjects },
  ]);
  return {
    competitionId: run.competitionId,
    date,
    orders,
    forecasts: answered.reduce((sum, count) => sum + count, 0),
    settledDays: 0,
    missing: [
      ...subjects.flatMap(({ symbol, missing }) => (missing === null ? [] : [`${symbol}: ${missing}`])),
      ...slow.map((model) => `${model}: not all of its answers came before the open`),
      ...(late ? ['no orders: the market had opened'] : []),
    ],
  };
};

const subjectOf = async (
  run: CompetitionRun,
  date: string,
  symbol: string,
  ready: readonly BriefReady[],
): Promise<CompetitionSubject> => {
  const waiter = workflowInfo().workflowId;
  const attached = await store.attachPaperResearch.executeWithOptions({ summary: `brief · ${symbol}` }, [
    { run, symbol, waiter },
  ]);
  let brief: BriefRef | null = null;
  let missing = 'no brief before the open';
  if (attached.status === 'hit') brief = attached.brief;
  else {
    const answer = () => ready.find(({ researchId }) => researchId === attached.researchId);
    if (await condition(() => answer() !== undefined, RESEARCH_LIMIT)) {
      brief = answer()!.brief;
      missing = answer()!.failure ?? missing;
    }
  }
  return brief
    ? store.askPaperSubject({ run, date, symbol, brief })
    : { symbol, propositionId: null, briefId: null, seriesId: null, missing };
};

const settle = async (run: CompetitionRun, date: string, waitForAll: boolean): Promise<PaperRound> => {
  /** Before, a day was settled as soon as one symbol had its bar. */
  const enough = (missing: readonly string[]): boolean =>
    waitForAll ? missing.length === 0 : missing.length < run.symbols.length;
  let missing = await batch.missingPaperBars.executeWithOptions({ summary: 'closing bars' }, [{ run, date }]);
  for (let tries = 1; !enough(missing) && tries < BAR_TRIES; tries += 1) {
    await sleep(BAR_WAIT);
    missing = await batch.missingPaperBars.executeWithOptions({ summary: 'closing bars' }, [{ run, date }]);
  }
  const { settledDays } = await settlePaperDays.executeWithOptions({ summary: 'fills and snapshots' }, [
    { run, date },
  ]);
  return {
    competitionId: run.competitionId,
    date,
    orders: 0,
    forecasts: 0,
    settledDays,
    missing: missing.map((symbol) => `${symbol}: no closing bar`),
  };
};

const show = (rounds: readonly PaperRound[]): void =>
  setCurrentDetails(
    detailsTable(
      ['competition', 'day', 'forecasts', 'orders', 'days settled', 'missing'],
      rounds.map((round) => [
        round.competitionId,
        round.date,
        round.forecasts,
        round.orders,
        round.settledDays,
        round.missing.length,
      ]),
    ),
  );
