// Orders before the open, fills and snapshots after the close: both read the account as the day before left it,
// so that a day done twice is done once.
import type { AccountRow } from '../db/competition-store';
import { extremizedLogOddsPool } from '../domain/ensemble/pool';
import { meanMoves } from '../domain/market/base-rate';
import { sessionTimes, tradingDays } from '../domain/market/calendar';
import type { Market } from '../domain/market/market';
import type { NewPaperOrder, PaperOrder, PaperState } from '../domain/market/paper-account';
import { type DayQuote, firstJump, settleDay, unsettledFrom } from '../domain/market/paper-fills';
import { type OrderPlan, type PaperQuote, planBuyAndHold, planOrders } from '../domain/market/paper-orders';
import type {
  CompetitionDayInput,
  CompetitionRun,
  CompetitionSubject,
} from '../workflows/contracts/competition';
import { createCompetitionBars } from './competition-bars';
import { COMPETITION_GROUP } from './competition-forecasts';
import type { Dependencies } from './dependencies';

/** From which day on jumps are watched. A replay's file stays as it is, so that no time tells a split in it. */
const jumpsFrom = ({ run, date }: CompetitionDayInput): string =>
  run.prices === null ? unsettledFrom(run.market as Market, date, run.from) : run.from;

type Probabilities = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const createCompetitionTrading = (dependencies: Dependencies) => {
  const { stores } = dependencies;
  const { barsAt } = createCompetitionBars(dependencies);

  const stateOf = async (run: CompetitionRun, account: AccountRow, date: string): Promise<PaperState> =>
    (await stores.competitions.stateBefore(account.id, date)) ?? {
      cashMicroUsd: run.rules.startCashMicroUsd,
      positions: [],
    };

  const quoteOf = async (
    day: CompetitionDayInput,
    subject: CompetitionSubject,
  ): Promise<PaperQuote | null> => {
    if (subject.seriesId === null || subject.propositionId === null) return null;
    const [series, proposition] = await Promise.all([
      stores.series.get(subject.seriesId),
      stores.propositions.get(subject.propositionId),
    ]);
    const bars = series?.bars ?? [];
    const moves = meanMoves(bars, day.run.rules.horizonDays);
    const last = bars.at(-1);
    if (!last || !proposition) return null;
    return {
      symbol: subject.symbol,
      lastClose: last.close,
      priceOfYes: proposition.priceOfYes,
      // Without past moves of both kinds there are no odds, and sizing holds.
      meanUp: moves?.up ?? 0,
      meanDown: moves?.down ?? 0,
      suspended: firstJump(bars, jumpsFrom(day)),
    };
  };

  /** Answered probabilities by symbol and model. */
  const probabilitiesOf = async (subjects: readonly CompetitionSubject[]): Promise<Probabilities> => {
    const entries = await Promise.all(
      subjects.map(async ({ symbol, propositionId }) => {
        const found = propositionId ? await stores.forecasts.ofProposition(propositionId) : [];
        const answered = found.flatMap(({ attemptGroup, model, probability }) =>
          attemptGroup === COMPETITION_GROUP && probability !== null ? [[model, probability] as const] : [],
        );
        return [symbol, Object.fromEntries(answered)] as const;
      }),
    );
    return Object.fromEntries(entries);
  };

  const planFor = async (
    day: CompetitionDayInput,
    account: AccountRow,
    known: {
      readonly quotes: readonly PaperQuote[];
      readonly probabilities: Probabilities;
      readonly waiting: ReadonlySet<string>;
    },
  ): Promise<readonly NewPaperOrder[]> => {
    const { run, date } = day;
    const { quotes, waiting } = known;
    const state = await stateOf(run, account, date);
    const common = { rules: run.rules, date, state, quotes, waiting };
    if (account.kind === 'buy_and_hold') return planBuyAndHold({ ...common, symbols: run.symbols });
    const plan: OrderPlan = {
      ...common,
      probabilities: accountProbabilities(account, known.probabilities),
      daysSince: (from) => tradingDays(run.market as Market, from, date).length - 1,
    };
    return planOrders(plan);
  };

  /** Orders of every account, from what was known before the open. @returns how many orders of the day stand */
  const placeCompetitionOrders = async (
    day: CompetitionDayInput & { readonly subjects: readonly CompetitionSubject[] },
  ): Promise<{ readonly orders: number; readonly late?: true }> => {
    const { run, subjects, date } = day;
    const { openUtc } = sessionTimes(run.market as Market, date);
    // Orders fill at the open: one placed after it would know too much.
    if (run.prices === null && (await stores.worlds.now(run.world)) >= openUtc)
      return { orders: 0, late: true };
    const quotes = (await Promise.all(subjects.map((subject) => quoteOf(day, subject)))).flatMap(
      (quote) => quote ?? [],
    );
    const probabilities = await probabilitiesOf(subjects);
    const place = async (account: AccountRow, open: readonly PaperOrder[]): Promise<number> => {
      const waiting = new Set(open.map(({ symbol }) => symbol));
      const planned = await planFor(day, account, { quotes, probabilities, waiting });
      await stores.competitions.placeOrders(account.id, planned);
      return planned.length;
    };
    let orders = 0;
    for (const account of await stores.competitions.accounts(run.competitionId)) {
      // Orders of a settled day are no longer among those that wait: planning them anew could add some.
      if (await stores.competitions.isSettled(account.id, day.date)) continue;
      const open = await stores.competitions.waiting(account.id);
      // The day's first placing stands whole: another would leave its symbols out and spend the same cash on the next.
      const placed = open.filter(({ placedOn }) => placedOn === date).length;
      orders += placed > 0 ? placed : await place(account, open);
    }
    return { orders };
  };

  const dayQuote = async (day: CompetitionDayInput, symbol: string): Promise<DayQuote> => {
    const { run, date } = day;
    const series = await barsAt(run, symbol, sessionTimes(run.market as Market, date).closeUtc);
    const bars = series?.bars ?? [];
    return {
      symbol,
      bar: bars.find((bar) => bar.date === date) ?? null,
      past: bars.filter((bar) => bar.date < date),
      suspended: firstJump(bars, jumpsFrom(day)),
    };
  };

  /** Moves the clock to the close: only now is the day's bar public. */
  const settleCompetitionDay = async (day: CompetitionDayInput): Promise<void> => {
    const { run, date } = day;
    const asOf = run.prices === null ? null : sessionTimes(run.market as Market, date).closeUtc;
    await stores.worlds.enter({ id: run.world, asOf });
    const quotes = await Promise.all(run.symbols.map((symbol) => dayQuote(day, symbol)));
    for (const account of await stores.competitions.accounts(run.competitionId)) {
      const [state, orders] = await Promise.all([
        stateOf(run, account, date),
        stores.competitions.waiting(account.id),
      ]);
      const settled = settleDay({
        ...{ rules: run.rules, date, state, orders, quotes },
        adjusts: run.prices === null,
      });
      await stores.competitions.settle(account.id, date, settled);
    }
  };

  const finishCompetition = (request: { readonly competitionId: string }): Promise<void> =>
    stores.competitions.finish(request.competitionId);

  return { placeCompetitionOrders, settleCompetitionDay, finishCompetition };
};

/** A model's own probabilities; of several, their pool, where at least two have answered. */
const accountProbabilities = (
  { models }: AccountRow,
  bySymbol: Probabilities,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(bySymbol).flatMap(([symbol, byModel]) => {
      const given = models.flatMap((model) => byModel[model] ?? []);
      if (given.length < Math.min(2, models.length)) return [];
      return [[symbol, given.length === 1 ? given[0]! : extremizedLogOddsPool(given)] as const];
    }),
  );
