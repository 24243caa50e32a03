// Pabrai: heads I win, tails I do not lose much; the skew of past returns, which the market overpays.
import { logReturns } from '../../../domain/market/returns';
import { deviation, mean } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const DAYS = 60;

/** z = - skewness of 60 daily returns: lottery-like shares disappoint. Amaya, Christoffersen, Jacobs, Vasquez (2015). */
export const pabrai = barAnalyst(
  {
    id: 'pabrai',
    method: 'Realised skewness of sixty days: lottery-like shares disappoint.',
    source: 'Amaya, Christoffersen, Jacobs, Vasquez (2015)',
  },
  (bars) => {
    const returns = logReturns(bars).slice(-DAYS);
    const centre = mean(returns);
    const third = mean(returns.map((value) => (value - centre) ** 3));
    const skewness = inUnitsOf(third, deviation(returns) ** 3);
    return { z: -skewness, reason: `skewness of ${returns.length} daily returns ${skewness.toFixed(2)}` };
  },
);
