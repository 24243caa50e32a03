// Competitions that trade day by day: which of a market's run today, what their accounts are asked about from
// the shared briefs, and the settling of every day that has closed since the last snapshot.
import { paperDateOf } from '../domain/desk/schedule-kinds';
import { closedReason, nextTradingDay, sessionTimes, tradingDays } from '../domain/market/calendar';
import { addMinutes } from '../domain/market/iso-date';
import { type Market, parseMarket } from '../domain/market/market';
import { equitySubject } from '../domain/market/subject';
import { type IsoDate, type IsoInstant, LIVE_WORLD, type WorldId } from '../domain/world';
import { SourceFailure } from '../sources/port';
import type {
  CompetitionDefinition,
  CompetitionModel,
  CompetitionRun,
  CompetitionSubject,
  DuePaperDay,
  PaperDayPlan,
  PaperDayRequest,
} from '../workflows/contracts/competition';
import type { AttachResult, BriefRef, ResearchInput } from '../workflows/contracts/research';
import { createCompetitionBars } from './competition-bars';
import { competitionSubject, missingSubject } from './competition-subject';
import { createCompetitionTrading } from './competition-trading';
import type { Dependencies } from './dependencies';
import { rethrowBadInput } from './failures';
import { createResearchActivities } from './research';

interface DayOf {
  readonly run: CompetitionRun;
  readonly date: IsoDate;
}

/** Orders are placed before the open: to take stock of the answers and to write them takes a moment. */
const MINUTES_FOR_ORDERS = 1;

const askFor = (market: Market, date: IsoDate, now: IsoInstant): Pick<DuePaperDay, 'askForMs'> => ({
  askForMs: Date.parse(addMinutes(sessionTimes(market, date).openUtc, -MINUTES_FOR_ORDERS)) - Date.parse(now),
});

export const createPaperDay = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const research = createResearchActivities(dependencies);
  const { barsAt } = createCompetitionBars(dependencies);
  const { settleCompetitionDay } = createCompetitionTrading(dependencies);

  const modelsOf = async (competitionId: string): Promise<readonly CompetitionModel[]> => {
    const accounts = await stores.competitions.accounts(competitionId);
    const names = [...new Set(accounts.flatMap(({ models }) => models))].sort();
    const entries = await Promise.all(names.map((name) => stores.registry.get(name)));
    return entries.flatMap((entry) => (entry ? [{ model: entry.id, provider: entry.provider }] : []));
  };

  /** Every running competition of the market that trades day by day. */
  const runsOf = async (market: Market): Promise<readonly CompetitionRun[]> => {
    const running = (await stores.competitions.list()).filter(({ status }) => status === 'running');
    const runs = running.map(async ({ id, definition, world }) => {
      const known = definition as CompetitionDefinition;
      if (known.prices !== null || known.market !== market || world === null) return [];
      const models = await modelsOf(id);
      return [{ ...known, competitionId: id, world, models, callDeadlineMs: options.callDeadlineMs }];
    });
    return (await Promise.all(runs)).flat();
  };

  const refusal = (market: Market, date: IsoDate, part: PaperDayRequest['part'], now: IsoInstant) => {
    // What is settled is a day that has closed.
    if (part === 'end_of_day') return null;
    const closed = closedReason(market, date);
    if (closed) return `${market} is closed on ${date} (${closed})`;
    const { openUtc } = sessionTimes(market, date);
    return now >= openUtc
      ? `late: ${market} opened at ${openUtc}, and orders are placed before the open`
      : null;
  };

  /** A last day that could not be settled in time still is. */
  const outside = ({ from, to }: CompetitionRun, date: IsoDate, part: PaperDayRequest['part']) => {
    if (from > date) return `begins on ${from}`;
    return to < date && part === 'orders' ? `ended on ${to}` : null;
  };

  /** A world's clock may be ahead of the machine's: the scheduled time moves with it. */
  const dayIn = async (
    world: WorldId,
    market: Market,
    part: PaperDayRequest['part'],
    scheduledAt: IsoInstant | null,
  ) => {
    const [live, now] = await Promise.all([stores.worlds.now(LIVE_WORLD), stores.worlds.now(world)]);
    const ahead = Date.parse(now) - Date.parse(live);
    const at = scheduledAt === null ? now : new Date(Date.parse(scheduledAt) + ahead).toISOString();
    return { date: paperDateOf(market, part, at), now };
  };

  const plan = async (request: PaperDayRequest, scheduledAt: IsoInstant | null): Promise<PaperDayPlan> => {
    const market = parseMarket(request.market);
    const runs = await runsOf(market);
    const due: DuePaperDay[] = [];
    const refused: string[] = [];
    for (const run of runs) {
      const { date, now } = await dayIn(run.world, market, request.part, scheduledAt);
      const why = outside(run, date, request.part) ?? refusal(market, date, request.part, now);
      if (why === null)
        due.push({ run, date, ...(request.part === 'orders' ? askFor(market, date, now) : {}) });
      else refused.push(why);
    }
    if (runs.length === 0) refused.push(`no running competition trades ${market}`);
    return { runs: due, skipped: due.length > 0 ? null : refused.join('; ') };
  };

  /** Runs of a market's day. @throws ApplicationFailure BadInput for an unknown market. */
  const planPaperDay = async ({
    request,
    scheduledAt,
  }: {
    readonly request: PaperDayRequest;
    readonly scheduledAt: IsoInstant | null;
  }): Promise<PaperDayPlan> => {
    try {
      return await plan(request, scheduledAt);
    } catch (error) {
      return rethrowBadInput(error);
    }
  };

  const researchInput = (run: CompetitionRun, symbol: string, reader: string): ResearchInput => ({
    world: run.world,
    asOf: null,
    subject: equitySubject(symbol),
    kind: 'complete',
    template: 'swing',
    refresh: false,
    prices: null,
    sessionId: null,
    reader,
    waiters: [reader],
  });

  /** The brief that sessions read too: served, or its research started or joined. */
  const attachPaperResearch = (request: {
    readonly run: CompetitionRun;
    readonly symbol: string;
    readonly waiter: string;
  }): Promise<AttachResult> =>
    research.attachResearch({ research: researchInput(request.run, request.symbol, request.waiter) });

  /** The proposition that all models are asked about; every model's account is a reader of the brief. */
  const askPaperSubject = async ({
    run,
    symbol,
    brief,
  }: DayOf & { readonly symbol: string; readonly brief: BriefRef }): Promise<CompetitionSubject> => {
    const accounts = await stores.competitions.accounts(run.competitionId);
    for (const { id } of accounts.filter(({ kind }) => kind === 'model'))
      await research.recordBriefRead({
        reader: id,
        research: researchInput(run, symbol, id),
        brief: { ...brief, cache: 'hit', costMicroUsd: 0 },
      });
    const series = brief.seriesId ? await stores.series.get(brief.seriesId) : null;
    if (!series || (series.synthetic && run.world === LIVE_WORLD))
      return missingSubject(symbol, 'no real prices');
    try {
      const asOf = await stores.worlds.now(run.world);
      return await competitionSubject(dependencies, { run, symbol, bars: series.bars, brief, asOf });
    } catch (error) {
      if (error instanceof RangeError) return missingSubject(symbol, error.message);
      throw error;
    }
  };

  /** Trading days that have closed and that some account has no snapshot of yet, oldest first. */
  const unsettledDays = async ({ run, date }: DayOf): Promise<readonly IsoDate[]> => {
    const [accounts, snapshots] = await Promise.all([
      stores.competitions.accounts(run.competitionId),
      stores.competitions.snapshots(run.competitionId),
    ]);
    // A worker that died between two accounts has left one of them a day behind.
    const last = new Map(snapshots.map((snapshot) => [snapshot.accountId, snapshot.date]));
    const next = accounts.map(({ id }) => {
      const settled = last.get(id);
      return settled === undefined ? run.from : nextTradingDay(run.market as Market, settled);
    });
    const [from] = next.sort();
    const through = date < run.to ? date : run.to;
    return from === undefined || from > through ? [] : tradingDays(run.market as Market, from, through);
  };

  /** A source that fails is waited for as one that is late is. */
  const barDate = async (run: CompetitionRun, symbol: string, asOf: IsoInstant): Promise<IsoDate | null> => {
    try {
      return (await barsAt(run, symbol, asOf))?.bars.at(-1)?.date ?? null;
    } catch (error) {
      if (error instanceof SourceFailure) return null;
      throw error;
    }
  };

  /** Symbols whose bar of the day is not public yet. */
  const missingBars = async ({ run, date }: DayOf): Promise<readonly string[]> => {
    const { closeUtc } = sessionTimes(run.market as Market, date);
    const known = await Promise.all(
      run.symbols.map(async (symbol) => (await barDate(run, symbol, closeUtc)) === date),
    );
    return run.symbols.filter((_symbol, index) => !known[index]);
  };

  /** Settles the days that are due; the last day of a competition finishes it. */
  const settlePaperDays = async (day: DayOf): Promise<{ readonly settledDays: number }> => {
    const days = await unsettledDays(day);
    for (const date of days) await settleCompetitionDay({ run: day.run, date });
    if (day.date >= day.run.to) await stores.competitions.finish(day.run.competitionId);
    return { settledDays: days.length };
  };
  return {
    planPaperDay,
    attachPaperResearch,
    askPaperSubject,
    missingPaperBars: missingBars,
    settlePaperDays,
  };
};
