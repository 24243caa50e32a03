// Nearest-neighbour analogue: find the days in the past that looked most like today and see what followed.
import type { Bar } from '../../../domain/market/bar';
import { logReturns } from '../../../domain/market/returns';
import { abstainOf, barModel, forecastOf } from '../house-model';
import { deviation, shrunkShare } from '../series-statistics';

/** The shape that is compared: the last five daily moves. */
const PATTERN_DAYS = 5;
const NEIGHBOURS = 9;
/** The neighbours are few, so that the long-run share weighs as much as they do. */
const PRIOR = 0.52;
const PRIOR_STRENGTH = 9;

interface Analogue {
  readonly distance: number;
  readonly rose: boolean;
}

const findAnalogues = (bars: readonly Bar[], horizonDays: number): readonly Analogue[] => {
  const returns = logReturns(bars);
  const scale = deviation(returns) || 1;
  const today = returns.slice(-PATTERN_DAYS);
  const found: Analogue[] = [];
  // `end` is the index of a bar whose outcome is already known.
  for (let end = PATTERN_DAYS; end + horizonDays < bars.length; end += 1) {
    const pattern = returns.slice(end - PATTERN_DAYS, end);
    const square = pattern.reduce((sum, value, index) => sum + ((value - today[index]!) / scale) ** 2, 0);
    found.push({
      distance: Math.sqrt(square),
      rose: bars[end + horizonDays]!.close > bars[end]!.close,
    });
  }
  return found.sort((a, b) => a.distance - b.distance);
};

/**
 * House statistics, not a language model. P(up) is the distance-weighted share of the nine nearest
 * five-day patterns after which the close rose over the horizon, shrunk to the long-run share.
 * Source: Lorenz, "Atmospheric predictability as revealed by naturally occurring analogues", J. Atmospheric
 * Sciences 26 (1969); Farmer and Sidorowich, "Predicting chaotic time series", Phys. Rev. Letters 59 (1987).
 */
export const analogue = barModel(
  {
    id: 'house-analogue',
    displayName: 'House: nearest-neighbour analogue (statistics)',
    method: 'What followed the nine most similar five-day patterns.',
    source: 'Lorenz (1969); Farmer, Sidorowich (1987)',
  },
  (bars, horizonDays) => {
    const nearest = findAnalogues(bars, horizonDays).slice(0, NEIGHBOURS);
    if (nearest.length < NEIGHBOURS) return abstainOf('too few past patterns with a known outcome');
    const weights = nearest.map(({ distance }) => 1 / (0.5 + distance));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const up = nearest.reduce((sum, { rose }, index) => sum + (rose ? weights[index]! : 0), 0);
    const p = shrunkShare((NEIGHBOURS * up) / total, NEIGHBOURS, PRIOR, PRIOR_STRENGTH);
    const rose = nearest.filter((neighbour) => neighbour.rose).length;
    return forecastOf(p, [
      `${rose} of the ${NEIGHBOURS} most similar ${PATTERN_DAYS}-day patterns were followed by a rise`,
    ]);
  },
);
