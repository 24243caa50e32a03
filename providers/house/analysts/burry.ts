// Burry: the crowd's rush is wrong; returns on heavy volume tend to reverse.
import { logReturns } from '../../../domain/market/returns';
import { deviation, mean } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const RECENT = 10;

/** z = - sum of (return x abnormal volume) over ten days / (deviation x root of the sum of squared abnormal volumes). Campbell, Grossman and Wang (1993). */
export const burry = barAnalyst(
  {
    id: 'burry',
    method: 'Against moves on abnormal volume: they tend to reverse.',
    source: 'Campbell, Grossman, Wang (1993)',
  },
  (bars) => {
    const returns = logReturns(bars);
    const usual = mean(bars.map((bar) => bar.volume));
    const abnormal = bars.slice(-RECENT).map((bar) => inUnitsOf(bar.volume, usual) - 1);
    const rush = returns.slice(-RECENT).reduce((sum, value, day) => sum + value * abnormal[day]!, 0);
    // Standard deviation of the sum for independent returns, the volumes given.
    const unit = deviation(returns) * Math.hypot(...abnormal);
    const z = usual > 0 ? -inUnitsOf(rush, unit) : Number.NaN;
    return { z, reason: `volume-weighted rush of ${RECENT} days scores ${(-z).toFixed(2)}` };
  },
);
