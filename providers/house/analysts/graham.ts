// Graham: a margin of safety below what the share has usually cost.
import { logReturns } from '../../../domain/market/returns';
import { deviation, median } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const DAYS = 250;

/** `50.0 % below`, or `12.5 % above` for a negative share. */
const belowText = (share: number): string =>
  `${(100 * Math.abs(share)).toFixed(1)} % ${share < 0 ? 'above' : 'below'}`;

/** z = log(median close of a year / close) / (daily deviation x sqrt(60)). De Bondt and Thaler (1985). */
export const graham = barAnalyst(
  {
    id: 'graham',
    method: 'Distance of the price below its median of the last year.',
    source: 'De Bondt, Thaler (1985)',
  },
  (bars) => {
    const year = bars.slice(-DAYS);
    const usual = median(year.map((bar) => bar.close));
    const { close } = year.at(-1)!;
    const z = inUnitsOf(Math.log(usual / close), deviation(logReturns(year)) * Math.sqrt(60));
    return { z, reason: `price ${belowText(1 - close / usual)} its median of the year` };
  },
);
