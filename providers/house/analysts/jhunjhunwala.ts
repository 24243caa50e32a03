// Jhunjhunwala: buy the dip of what is rising, sell the bounce of what is falling.
import { logReturns } from '../../../domain/market/returns';
import { deviation, returnOver } from '../series-statistics';
import { barAnalyst, inUnitsOf } from './house-analyst';

const DIP = 5;
const TREND = 100;

/**
 * z = - score of five days x |score of the trend|, at most 1, where the two point apart; x 0.2 where they agree.
 * Lehmann (1990); Conrad and Kaul (1998).
 */
export const jhunjhunwala = barAnalyst(
  {
    id: 'jhunjhunwala',
    method: 'Return of five days against the trend of a hundred: pullbacks are bought.',
    source: 'Lehmann (1990); Conrad, Kaul (1998)',
  },
  (bars) => {
    const sigma = deviation(logReturns(bars));
    const days = Math.min(TREND, bars.length - 1 - DIP);
    const dip = inUnitsOf(returnOver(bars, DIP), sigma * Math.sqrt(DIP));
    const trend = inUnitsOf(returnOver(bars.slice(0, -DIP), days), sigma * Math.sqrt(days));
    const against = dip * trend < 0 ? Math.min(1, Math.abs(trend)) : 0.2;
    return {
      z: -dip * against,
      reason: `five days score ${dip.toFixed(2)} in a trend of ${trend.toFixed(2)}`,
    };
  },
);
