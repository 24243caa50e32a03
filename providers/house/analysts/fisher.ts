// Fisher: hold what has grown for long; the year's return without its last month.
import { logReturns } from '../../../domain/market/returns';
import { deviation, returnOver } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const MONTH = 21;
const YEAR = 252;

/** z = return from a year to a month ago / (deviation x sqrt(days)). Jegadeesh and Titman (1993). */
export const fisher = barAnalyst(
  {
    id: 'fisher',
    method: 'Return of the year before the last month, in units of its volatility.',
    source: 'Jegadeesh, Titman (1993)',
  },
  (bars) => {
    const before = bars.slice(0, -MONTH).slice(-YEAR);
    const days = before.length - 1;
    const z = inUnitsOf(returnOver(before, days), deviation(logReturns(before)) * Math.sqrt(days));
    return { z, reason: `return of the ${days} days before the last month scores ${z.toFixed(2)}` };
  },
);
