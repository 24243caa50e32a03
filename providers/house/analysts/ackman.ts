// Ackman: something is about to happen; where the price stands in its channel once the range has narrowed.
import { mean } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const CHANNEL = 55;
const RECENT = 5;

/** z = channel position in [-1, 1] x (mean range of the channel / range of the last five days). Donchian (1960). */
export const ackman = barAnalyst(
  {
    id: 'ackman',
    method: 'Place in the 55-day channel, weighted by how far the daily range has narrowed.',
    source: 'Donchian channel (1960); Crabel (1990) on narrow ranges',
  },
  (bars) => {
    const days = bars.slice(-CHANNEL);
    const [top, bottom] = [Math.max(...days.map((bar) => bar.high)), Math.min(...days.map((bar) => bar.low))];
    const place = inUnitsOf(2 * days.at(-1)!.close - top - bottom, top - bottom);
    const ranges = days.map((bar) => (bar.high - bar.low) / bar.close);
    const narrowing = Math.min(2, inUnitsOf(mean(ranges), mean(ranges.slice(-RECENT))));
    return {
      z: place * narrowing,
      reason: `channel place ${place.toFixed(2)}, ranges narrowed by a factor ${narrowing.toFixed(2)}`,
    };
  },
);
