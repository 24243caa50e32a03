// Technicals: where the short moving average stands to the long one.
import { mean } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const SHORT = 10;
const LONG = 30;

/** z = (mean of 10 closes - mean of 30) / mean of high - low over 30 bars. Brock, Lakonishok, LeBaron (1992). */
export const technicals = barAnalyst(
  {
    id: 'technicals',
    method: 'Gap between the 10- and 30-day moving averages in units of the daily range.',
    source: 'Brock, Lakonishok, LeBaron (1992)',
  },
  (bars) => {
    const closes = bars.slice(-LONG).map((bar) => bar.close);
    const range = mean(bars.slice(-LONG).map((bar) => bar.high - bar.low));
    const z = inUnitsOf(mean(closes.slice(-SHORT)) - mean(closes), range);
    return { z, reason: `the 10-day average stands ${z.toFixed(2)} daily ranges from the 30-day average` };
  },
);
