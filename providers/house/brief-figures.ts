// Every number a house brief mentions, computed from bars in one place, so that writer and verifier can
// never disagree about where a figure comes from.
import type { Bar } from '../../domain/market/bar';
import { daysPerYearOf, logReturns } from '../../domain/market/returns';
import { deviation, mean, median, returnOver } from './series-statistics';

const round = (value: number, places: number): number => Number(value.toFixed(places));
const asPercent = (logReturn: number): number => round(100 * Math.expm1(logReturn), 2);
const annualised = (returns: readonly number[], daysPerYear: number): number =>
  round(100 * deviation(returns) * Math.sqrt(daysPerYear), 1);

/** Share in percent of past 20-day volatilities below today's. */
const volatilityPercentile = (returns: readonly number[]): number => {
  const past = returns.slice(19).map((_, index) => deviation(returns.slice(index, index + 20)));
  const today = past.at(-1) ?? 0;
  return past.length < 2
    ? 50
    : round((100 * past.filter((value) => value < today).length) / (past.length - 1), 0);
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
 * Figures of one instrument: prices in its currency, returns and volatility in percent.
 * @param bars oldest first, known at the as-of instant; fewer than two give no figures
 */
export const briefFigures = (
  bars: readonly Bar[],
  peers: Readonly<Record<string, readonly Bar[]>>,
): Readonly<Record<string, number>> => {
  const last = bars.at(-1);
  if (!last || bars.length < 2) return {};
  const returns = logReturns(bars);
  const daysPerYear = daysPerYearOf(bars);
  const closes = bars.map((bar) => bar.close);
  const month = bars.slice(-21);
  const sma20 = mean(closes.slice(-20));
  const usualVolume = mean(month.slice(0, -1).map((bar) => bar.volume));
  return {
    lastClose: round(last.close, 4),
    days: bars.length,
    return1dPercent: asPercent(returnOver(bars, 1)),
    return5dPercent: asPercent(returnOver(bars, Math.min(5, bars.length - 1))),
    return21dPercent: asPercent(returnOver(bars, Math.min(21, bars.length - 1))),
    return63dPercent: asPercent(returnOver(bars, Math.min(63, bars.length - 1))),
    sma20: round(sma20, 4),
    gapToSma20Percent: round(100 * (last.close / sma20 - 1), 2),
    high: round(Math.max(...bars.map((bar) => bar.high)), 4),
    low: round(Math.min(...bars.map((bar) => bar.low)), 4),
    volatility20dPercent: annualised(returns.slice(-20), daysPerYear),
    volatilityAllPercent: annualised(returns, daysPerYear),
    volatility20dPercentile: volatilityPercentile(returns),
    ...(usualVolume > 0 ? { volumeRatio: round(last.volume / usualVolume, 2) } : {}),
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
