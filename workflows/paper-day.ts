// A market's round of its running competitions, started by schedule: before the open a forecast per model and
// symbol from the briefs that sessions share, and orders; after the close fills, snapshots and outcomes.
import { condition, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import { store } from './activity-stubs';
import { batch, forecastAll, resolveDue } from './competition-day';
import type {
  CompetitionRun,
  CompetitionSubject,
  PaperDayRequest,
  PaperDayResult,
  PaperRound,
} from './contracts/competition';
import type { BriefReady, BriefRef } from './contracts/research';
import { detailsTable } from './details-table';
import { briefReady } from './messages';
import { scheduledTime } from './scheduled-time';

/** Closing bars that are not public yet are asked for again, for two hours. */
const BAR_TRIES = 12;
const BAR_WAIT = '10 minutes';
/** Research that takes longer than this comes too late for the open. */
const RESEARCH_LIMIT = '20 minutes';

export async function paperDay(request: PaperDayRequest): Promise<PaperDayResult> {
  const ready: BriefReady[] = [];
  setHandler(briefReady, (message) => void ready.push(message));
  const { runs, skipped } = await store.planPaperDay({ request, scheduledAt: scheduledTime() });
  const rounds: PaperRound[] = [];
  if (skipped) setCurrentDetails(`Skipped: ${skipped}`);
  for (const { run, date } of runs) {
    rounds.push(request.part === 'orders' ? await placeOrders(run, date, ready) : await settle(run, date));
    show(rounds);
  }
  return { part: request.part, skipped, rounds };
}

const placeOrders = async (
  run: CompetitionRun,
  date: string,
  ready: readonly BriefReady[],
): Promise<PaperRound> => {
  const subjects = await Promise.all(run.symbols.map((symbol) => subjectOf(run, date, symbol, ready)));
  const answered = await Promise.all(run.models.map((model) => forecastAll({ run, date }, model, subjects)));
  const { orders } = await batch.placeCompetitionOrders.executeWithOptions({ summary: 'orders' }, [
    { run, date, subjects },
  ]);
  return {
    competitionId: run.competitionId,
    date,
    orders,
    forecasts: answered.reduce((sum, count) => sum + count, 0),
    settledDays: 0,
    resolved: 0,
    missing: subjects.flatMap(({ symbol, missing }) => (missing === null ? [] : [`${symbol}: ${missing}`])),
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

const settle = async (run: CompetitionRun, date: string): Promise<PaperRound> => {
  let missing = await batch.missingPaperBars.executeWithOptions({ summary: 'closing bars' }, [{ run, date }]);
  for (let tries = 1; missing.length === run.symbols.length && tries < BAR_TRIES; tries += 1) {
    await sleep(BAR_WAIT);
    missing = await batch.missingPaperBars.executeWithOptions({ summary: 'closing bars' }, [{ run, date }]);
  }
  const { settledDays } = await batch.settlePaperDays.executeWithOptions({ summary: 'fills and snapshots' }, [
    { run, date },
  ]);
  const resolved = await resolveDue({ run, date });
  return {
    competitionId: run.competitionId,
    date,
    orders: 0,
    forecasts: 0,
    settledDays,
    resolved,
    missing: missing.map((symbol) => `${symbol}: no closing bar`),
  };
};

const show = (rounds: readonly PaperRound[]): void =>
  setCurrentDetails(
    detailsTable(
      ['competition', 'day', 'forecasts', 'orders', 'days settled', 'outcomes', 'missing'],
      rounds.map((round) => [
        round.competitionId,
        round.date,
        round.forecasts,
        round.orders,
        round.settledDays,
        round.resolved,
        round.missing.length,
      ]),
    ),
  );
