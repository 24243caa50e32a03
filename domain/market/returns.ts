// Statistics of daily bars: returns, volatility and its rank, and how often and how far prices rise over a
// horizon. Every function reads only the bars given; callers pass those known at the as-of instant.
import type { Bar } from './bar';
import { tradingDaysPerYearOfSymbol } from './market';

const VOLATILITY_WINDOW_DAYS = 20;
/** Trading days among which today's volatility is ranked: about a year of an exchange. */
export const VOLATILITY_YEAR_DAYS = 250;

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation (n - 1); NaN below two values. */
export const sampleStd = (values: readonly number[]): number => {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
};

/** Daily log returns of the closes, oldest first; one fewer than bars. */
export const logReturns = (bars: readonly Bar[]): readonly number[] =>
  bars.slice(1).map((bar, index) => Math.log(bar.close / bars[index]!.close));

/** Simple return of the last `days` trading days, e.g. 0.02; null with too few bars. */
export const returnOver = (bars: readonly Bar[], days: number): number | null => {
  const last = bars.at(-1);
  const first = bars.at(-1 - days);
  return last && first && days > 0 ? last.close / first.close - 1 : null;
};

/** Simple returns of every window of `horizonDays` bars, oldest first; windows overlap. */
export const horizonReturns = (bars: readonly Bar[], horizonDays: number): readonly number[] =>
  bars.slice(horizonDays).map((bar, index) => bar.close / bars[index]!.close - 1);

/** Standard deviation of the last `window` daily log returns (not annualised); null with too few bars. */
export const dailyVolatility = (bars: readonly Bar[], window = VOLATILITY_WINDOW_DAYS): number | null => {
  const returns = logReturns(bars.slice(-1 - window));
  return returns.length < window ? null : sampleStd(returns);
};

/** Days of a year on which what these bars are of trades: 365 for a coin, else 252. */
export const daysPerYearOf = (bars: readonly Bar[]): number =>
  tradingDaysPerYearOfSymbol(bars.at(-1)?.symbol ?? '');

/** Volatility per year of the last `window` trading days, e.g. 0.31; null with too few bars. */
export const annualVolatility = (bars: readonly Bar[], window = VOLATILITY_WINDOW_DAYS): number | null => {
  const daily = dailyVolatility(bars, window);
  return daily === null ? null : daily * Math.sqrt(daysPerYearOf(bars));
};

/** Rolling daily volatility of closes, one per close that has a full window before it, oldest first. */
export const rollingVolatility = (
  closes: readonly number[],
  window = VOLATILITY_WINDOW_DAYS,
): readonly number[] => {
  const returns = closes.slice(1).map((close, index) => Math.log(close / closes[index]!));
  return returns.slice(window - 1).map((_, index) => sampleStd(returns.slice(index, index + window)));
};

/** Share of `values` below `value`, ties counting half, so that among its equals a value stands in the middle. */
export const rankOf = (value: number, values: readonly number[]): number => {
  const below = values.filter((other) => other < value).length;
  const equal = values.filter((other) => other === value).length;
  return (below + equal / 2) / values.length;
};

/** Rank of today's rolling volatility among those of the last 250 bars, itself included; null with fewer bars. */
export const volatilityPercentile = (bars: readonly Bar[]): number | null => {
  if (bars.length < VOLATILITY_YEAR_DAYS) return null;
  const past = rollingVolatility(bars.slice(-VOLATILITY_YEAR_DAYS).map(({ close }) => close));
  return rankOf(past.at(-1)!, past);
};
