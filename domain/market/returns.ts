// Statistics of daily bars: returns, volatility and its regime, and how often and how far prices rise over a
// horizon. Every function reads only the bars given; callers pass those known at the as-of instant.
import type { Bar } from './bar';

/** Trading days of a year, for annualising daily volatility. */
export const TRADING_DAYS_PER_YEAR = 252;
export const VOLATILITY_WINDOW_DAYS = 20;
/** Trading days over which the volatility regime is ranked: about a year. */
export const REGIME_WINDOW_DAYS = 250;

export const VOLATILITY_REGIMES = ['low', 'middle', 'high', 'unknown'] as const;
export type VolatilityRegime = (typeof VOLATILITY_REGIMES)[number];

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

/** Volatility per year of the last `window` trading days, e.g. 0.31; null with too few bars. */
export const annualVolatility = (bars: readonly Bar[], window = VOLATILITY_WINDOW_DAYS): number | null => {
  const daily = dailyVolatility(bars, window);
  return daily === null ? null : daily * Math.sqrt(TRADING_DAYS_PER_YEAR);
};

/** Rolling daily volatility, one per bar that has a full window, oldest first. */
export const rollingVolatility = (
  bars: readonly Bar[],
  window = VOLATILITY_WINDOW_DAYS,
): readonly number[] => {
  const returns = logReturns(bars);
  return returns.slice(window - 1).map((_, index) => sampleStd(returns.slice(index, index + window)));
};

export interface VolatilityContext {
  /** Annualised, of the last 20 trading days; null with fewer than 21 bars. */
  readonly annual: number | null;
  /** Share of the past year's rolling values at or below today's; null when the regime is unknown. */
  readonly percentile: number | null;
  /** Tercile of today's volatility among the past 250 bars' (requirement C3); unknown with fewer bars. */
  readonly regime: VolatilityRegime;
}

/** Where today's volatility stands in its own past year. */
export const volatilityContext = (bars: readonly Bar[]): VolatilityContext => {
  const annual = annualVolatility(bars);
  if (bars.length < REGIME_WINDOW_DAYS || annual === null) {
    return { annual, percentile: null, regime: 'unknown' };
  }
  const past = rollingVolatility(bars.slice(-REGIME_WINDOW_DAYS));
  const today = past.at(-1)!;
  const percentile = past.filter((value) => value <= today).length / past.length;
  const regime = percentile <= 1 / 3 ? 'low' : percentile <= 2 / 3 ? 'middle' : 'high';
  return { annual, percentile, regime };
};
