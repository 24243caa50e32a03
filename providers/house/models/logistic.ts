// Exponentially weighted logistic regression: learns from the instrument's own recent past which of a few
// plain features came before rises, and forgets slowly.
import type { Bar } from '../../../domain/market/bar';
import { logReturns } from '../../../domain/market/returns';
import { abstainOf, barModel, forecastOf } from '../house-model';
import { clamp, deviation, mean, sigmoid } from '../series-statistics';

const FEATURE_NAMES = [
  'one-day move',
  'two-week trend',
  'volume surprise',
  'close within day range',
] as const;
/** Days of history a feature row needs. */
const WARM_UP_DAYS = 11;
/** A row this many days old has half the weight of today's. */
const HALF_LIFE_DAYS = 40;
/** Ridge penalty per unit of total weight: strong, because rows are few and overlap. */
const RIDGE = 0.35;
const STEPS = 60;

const featuresAt = (bars: readonly Bar[], day: number, scale: number): readonly number[] => {
  const bar = bars[day]!;
  const move = Math.log(bar.close / bars[day - 1]!.close) / scale;
  const trend = Math.log(bar.close / bars[day - 10]!.close) / (scale * Math.sqrt(10));
  const usual = mean(bars.slice(day - 10, day).map((past) => past.volume));
  const volume = usual > 0 && bar.volume > 0 ? Math.log(bar.volume / usual) : 0;
  const place = bar.high > bar.low ? (2 * (bar.close - bar.low)) / (bar.high - bar.low) - 1 : 0;
  return [move, trend, volume, place].map((value) => clamp(value, -3, 3));
};

interface Row {
  readonly x: readonly number[];
  readonly y: number;
  readonly weight: number;
}

const trainingRows = (bars: readonly Bar[], horizonDays: number, scale: number): readonly Row[] => {
  const rows: Row[] = [];
  for (let day = WARM_UP_DAYS; day + horizonDays < bars.length; day += 1) {
    const ageDays = bars.length - 1 - day;
    rows.push({
      x: featuresAt(bars, day, scale),
      y: bars[day + horizonDays]!.close > bars[day]!.close ? 1 : 0,
      weight: 0.5 ** (ageDays / HALF_LIFE_DAYS),
    });
  }
  return rows;
};

const linear = (coefficients: readonly number[], x: readonly number[]): number =>
  x.reduce((sum, value, index) => sum + value * coefficients[index + 1]!, coefficients[0]!);

/** Gradient descent on the penalised weighted log loss; the step is below 1 / Lipschitz for features in [-3, 3]. */
const fitRidge = (rows: readonly Row[]): readonly number[] => {
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  let coefficients: readonly number[] = [0, ...FEATURE_NAMES.map(() => 0)];
  for (let step = 0; step < STEPS; step += 1) {
    const gradient = coefficients.map((value) => RIDGE * value);
    for (const { x, y, weight } of rows) {
      const miss = (weight / total) * (sigmoid(linear(coefficients, x)) - y);
      gradient[0] = gradient[0]! + miss;
      for (const [index, value] of x.entries()) gradient[index + 1] = gradient[index + 1]! + miss * value;
    }
    coefficients = coefficients.map((value, index) => value - 0.1 * gradient[index]!);
  }
  return coefficients;
};

/**
 * House statistics, not a language model. Ridge-penalised logistic regression of "rose over the horizon"
 * on four features, rows weighted by age, fitted only on days whose outcome is known.
 * Source: le Cessie and van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41
 * (1992); discounting after West and Harrison, Bayesian Forecasting and Dynamic Models (1997), ch. 2;
 * volume feature after Gervais, Kaniel and Mingelgrin, J. Finance 56 (2001).
 */
export const logistic = barModel(
  {
    id: 'house-logistic',
    displayName: 'House: weighted logistic regression (statistics)',
    method: 'Ridge logistic regression on four price and volume features, recent days weighing more.',
    source: 'le Cessie, van Houwelingen (1992); West, Harrison (1997)',
  },
  (bars, horizonDays) => {
    const scale = deviation(logReturns(bars)) || 1;
    const rows = trainingRows(bars, horizonDays, scale);
    if (rows.length < 10) return abstainOf('too few past days with a known outcome to fit a regression');
    const coefficients = fitRidge(rows);
    const today = featuresAt(bars, bars.length - 1, scale);
    const parts = today.map((value, index) => value * coefficients[index + 1]!);
    const strongest = parts.reduce(
      (best, part, at) => (Math.abs(part) > Math.abs(parts[best]!) ? at : best),
      0,
    );
    return forecastOf(sigmoid(linear(coefficients, today)), [
      `fitted on ${rows.length} past days; strongest today: ${FEATURE_NAMES[strongest]} (${parts[strongest]! >= 0 ? 'for' : 'against'} a rise)`,
    ]);
  },
);
