// The volatility regime a forecast was made in: the tercile of today's 20-day volatility among the last 250
// bars' own 20-day volatilities (requirement C3).

export const VOLATILITY_REGIMES = ['low', 'middle', 'high', 'unknown'] as const;
export type VolatilityRegime = (typeof VOLATILITY_REGIMES)[number];

/** Daily returns per volatility. */
export const VOLATILITY_DAYS = 20;
/** Bars a regime needs. */
export const REGIME_BARS = 250;

const deviation = (values: readonly number[]): number => {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
};

/** 20-day standard deviations of daily log returns, oldest first. */
export const rollingVolatility = (closes: readonly number[]): number[] => {
  const returns = closes.slice(1).map((close, i) => Math.log(close / closes[i]!));
  const result: number[] = [];
  for (let end = VOLATILITY_DAYS; end <= returns.length; end += 1)
    result.push(deviation(returns.slice(end - VOLATILITY_DAYS, end)));
  return result;
};

/**
 * Regime at the last of `closes` (oldest first, split-adjusted, all above 0). `unknown` with fewer than 250
 * bars. Ties count half, so that a flat series is `middle`.
 */
export const volatilityRegime = (closes: readonly number[]): VolatilityRegime => {
  if (closes.length < REGIME_BARS) return 'unknown';
  const series = rollingVolatility(closes.slice(-REGIME_BARS));
  const now = series.at(-1)!;
  const below = series.filter((value) => value < now).length;
  const equal = series.filter((value) => value === now).length;
  const rank = (below + equal / 2) / series.length;
  if (rank <= 1 / 3) return 'low';
  return rank > 2 / 3 ? 'high' : 'middle';
};
