// Every number a house brief mentions, computed from bars in one place, so that writer and verifier can
// never disagree about where a figure comes from.
import type { Bar } from '../../domain/market/bar';
import { daysPerYearOf, logReturns, rankOf, rollingVolatility } from '../../domain/market/returns';
import { deviation, mean, median, returnOver } from './series-statistics';

const RETURN_DAYS = [1, 5, 21, 63] as const;
const MONTH_DAYS = 20;
/** A rank among fewer past volatilities than these says nothing. */
const FEWEST_RANKED = 20;

const round = (value: number, places: number): number => Number(value.toFixed(places));
/** To the hundredth of a cent, and never to less than six digits: coins cost a hundred-thousandth of a dollar. */
const roundPrice = (value: number): number => Number(value < 10 ? value.toPrecision(6) : value.toFixed(4));
const asPercent = (logReturn: number): number => round(100 * Math.expm1(logReturn), 2);

/** Each where the bars reach back that far. */
const returnFigures = (bars: readonly Bar[]): Record<string, number> =>
  Object.fromEntries(
    RETURN_DAYS.filter((days) => bars.length > days).map((days) => [
      `return${days}dPercent`,
      asPercent(returnOver(bars, days)),
    ]),
  );

const averageFigures = (closes: readonly number[]): Record<string, number> => {
  if (closes.length < MONTH_DAYS) return {};
  const sma20 = mean(closes.slice(-MONTH_DAYS));
  return { sma20: roundPrice(sma20), gapToSma20Percent: round(100 * (closes.at(-1)! / sma20 - 1), 2) };
};

/** Rank in percent of today's 20-day volatility among the earlier ones. */
const volatilityRank = (bars: readonly Bar[]): Record<string, number> => {
  const all = rollingVolatility(
    bars.map((bar) => bar.close),
    MONTH_DAYS,
  );
  const earlier = all.slice(0, -1);
  return earlier.length < FEWEST_RANKED
    ? {}
    : { volatility20dPercentile: round(100 * rankOf(all.at(-1)!, earlier), 0) };
};

const volatilityFigures = (bars: readonly Bar[]): Record<string, number> => {
  const returns = logReturns(bars);
  if (returns.length < MONTH_DAYS) return {};
  const annualised = (some: readonly number[]): number =>
    round(100 * deviation(some) * Math.sqrt(daysPerYearOf(bars)), 1);
  return {
    volatility20dPercent: annualised(returns.slice(-MONTH_DAYS)),
    volatilityAllPercent: annualised(returns),
    ...volatilityRank(bars),
  };
};

/** The last day's against the mean of the twenty before. */
const volumeFigures = (bars: readonly Bar[]): Record<string, number> => {
  const usual = mean(bars.slice(-1 - MONTH_DAYS, -1).map((bar) => bar.volume));
  return bars.length > MONTH_DAYS && usual > 0 ? { volumeRatio: round(bars.at(-1)!.volume / usual, 2) } : {};
};

/** How many peers have a month of bars, and the median of their returns over it; empty without any. */
export const peerFigures = (peers: Readonly<Record<string, readonly Bar[]>>): Record<string, number> => {
  const months = Object.values(peers).filter((bars) => bars.length > 21);
  if (months.length === 0) return {};
  return {
    peers: months.length,
    peerMedianReturn21dPercent: asPercent(median(months.map((bars) => returnOver(bars, 21)))),
  };
};

/**
 * Figures of one instrument: prices in its currency, returns and volatility in percent. What needs more bars than
 * there are is left out.
 * @param bars oldest first, known at the as-of instant; fewer than two give no figures
 */
export const briefFigures = (
  bars: readonly Bar[],
  peers: Readonly<Record<string, readonly Bar[]>>,
): Readonly<Record<string, number>> => {
  const last = bars.at(-1);
  if (!last || bars.length < 2) return {};
  return {
    lastClose: roundPrice(last.close),
    days: bars.length,
    ...returnFigures(bars),
    ...averageFigures(bars.map((bar) => bar.close)),
    high: roundPrice(Math.max(...bars.map((bar) => bar.high))),
    low: roundPrice(Math.min(...bars.map((bar) => bar.low))),
    ...volatilityFigures(bars),
    ...volumeFigures(bars),
    ...peerFigures(peers),
  };
};

/** Everything the data feed knows of one instrument, by name: what a brief's figures are checked against. */
export const feedFigures = (data: {
  readonly bars?: readonly Bar[];
  readonly peers?: Readonly<Record<string, readonly Bar[]>>;
  readonly facts?: Readonly<Record<string, number | string>>;
}): Readonly<Record<string, number>> => {
  const known = { ...briefFigures(data.bars ?? [], data.peers ?? {}), ...data.facts };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
};
