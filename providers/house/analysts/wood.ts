// Wood: growth that speeds up; the last fourteen days' return against the fourteen before.
import { logReturns } from '../../../domain/market/returns';
import { deviation, returnOver } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const DAYS = 14;

/** z = (return of 14 days - return of the 14 before) / (deviation x sqrt(28)). Gettleman and Marks (2006). */
export const wood = barAnalyst(
  {
    id: 'wood',
    method: 'Acceleration: the last fourteen days against the fourteen before.',
    source: 'Gettleman, Marks (2006)',
  },
  (bars) => {
    const change = returnOver(bars, DAYS) - returnOver(bars.slice(0, -DAYS), DAYS);
    const z = inUnitsOf(change, deviation(logReturns(bars)) * Math.sqrt(2 * DAYS));
    return { z, reason: `acceleration score ${z.toFixed(2)}` };
  },
);
