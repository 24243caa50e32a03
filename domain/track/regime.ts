// The volatility regime a forecast was made in: the tercile of today's 20-day volatility among the last 250
// bars' own 20-day volatilities (requirement C3).

import { rankOf, rollingVolatility, VOLATILITY_YEAR_DAYS } from '../market/returns';

export const VOLATILITY_REGIMES = ['low', 'middle', 'high', 'unknown'] as const;
export type VolatilityRegime = (typeof VOLATILITY_REGIMES)[number];

/**
 * Regime at the last of `closes` (oldest first, split-adjusted, all above 0). `unknown` with fewer than 250
 * bars. Ties count half, so that a flat series is `middle`.
 */
export const volatilityRegime = (closes: readonly number[]): VolatilityRegime => {
  if (closes.length < VOLATILITY_YEAR_DAYS) return 'unknown';
  const series = rollingVolatility(closes.slice(-VOLATILITY_YEAR_DAYS));
  const rank = rankOf(series.at(-1)!, series);
  if (rank <= 1 / 3) return 'low';
  return rank > 2 / 3 ? 'high' : 'middle';
};
