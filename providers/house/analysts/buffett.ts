// Buffett: steady compounding; how straight the line of log prices is.
import { mean } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const DAYS = 120;

/** z = 1.5 x correlation of log price with time over half a year. Asness, Frazzini, Pedersen (2019) on quality. */
export const buffett = barAnalyst(
  {
    id: 'buffett',
    method: 'Straightness of the log-price line over half a year.',
    source: 'Asness, Frazzini, Pedersen (2019)',
  },
  (bars) => {
    const logs = bars.slice(-DAYS).map((bar) => Math.log(bar.close));
    const [centre, middle] = [mean(logs), (logs.length - 1) / 2];
    const cross = logs.reduce((sum, value, day) => sum + (value - centre) * (day - middle), 0);
    const spread = Math.sqrt(
      logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) *
        logs.reduce((sum, _value, day) => sum + (day - middle) ** 2, 0),
    );
    const correlation = inUnitsOf(cross, spread);
    return { z: 1.5 * correlation, reason: `correlation of log price with time ${correlation.toFixed(2)}` };
  },
);
