// Graham: a margin of safety below what the share has usually cost.
import { logReturns } from '../../../domain/market/returns';
import { deviation, median } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const DAYS = 250;

/** z = log(median close of a year / close) / (daily deviation x sqrt(60)). De Bondt and Thaler (1985). */
export const graham = barAnalyst(
  {
    id: 'graham',
    method: 'Distance of the price below its median of the last year.',
    source: 'De Bondt, Thaler (1985)',
  },
  (bars) => {
    const year = bars.slice(-DAYS);
    const safety = Math.log(median(year.map((bar) => bar.close)) / year.at(-1)!.close);
    const z = inUnitsOf(safety, deviation(logReturns(year)) * Math.sqrt(60));
    return { z, reason: `price ${(100 * Math.expm1(safety)).toFixed(1)} % below its median of the year` };
  },
);
