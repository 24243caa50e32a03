// Short-term reversal: a price stretched away from its recent mean tends to come part of the way back.

import { logReturns } from '../../../domain/market/returns';
import { barModel, forecastOf, percent } from '../house-model';
import { clamp, deviation, mean, normalCdf } from '../series-statistics';

/** The mean a price is thought to return to: four trading weeks. */
const WINDOW_DAYS = 20;
/** Never assume that more than this share of a gap closes in a day; short samples overstate reversion. */
const MAX_DAILY_PULL = 0.15;
/** Daily pull assumed where the sample shows none, so that the model keeps its own view. */
const MIN_DAILY_PULL = 0.02;

const gaps = (logs: readonly number[]): readonly number[] =>
  logs.slice(WINDOW_DAYS - 1).map((value, index) => value - mean(logs.slice(index, index + WINDOW_DAYS)));

/** Least-squares share of the gap that closed on the next day. */
const dailyPull = (series: readonly number[]): number => {
  const before = series.slice(0, -1);
  const cross = before.reduce((sum, gap, index) => sum + gap * (series[index + 1]! - gap), 0);
  const square = before.reduce((sum, gap) => sum + gap * gap, 0);
  return clamp(square === 0 ? 0 : -cross / square, MIN_DAILY_PULL, MAX_DAILY_PULL);
};

/**
 * House statistics, not a language model. The gap of log price to its 20-day mean follows an
 * Ornstein-Uhlenbeck process whose pull is estimated and bounded; P(up) = Phi(expected return / (sigma sqrt h)).
 * Source: Jegadeesh, "Evidence of predictable behavior of security returns", J. Finance 45 (1990);
 * Poterba and Summers, "Mean reversion in stock prices", J. Financial Economics 22 (1988).
 */
export const meanReversion = barModel(
  {
    id: 'house-mean-reversion',
    displayName: 'House: mean reversion (statistics)',
    method: 'Ornstein-Uhlenbeck pull of the log price to its 20-day mean.',
    source: 'Jegadeesh (1990); Poterba, Summers (1988)',
  },
  (bars, horizonDays) => {
    const series = gaps(bars.map((bar) => Math.log(bar.close)));
    const sigma = deviation(logReturns(bars));
    const gap = series.at(-1) ?? 0;
    if (sigma === 0) return forecastOf(0.5, ['the closes have not moved; there is nothing to revert']);
    const pull = dailyPull(series);
    const expected = -gap * (1 - (1 - pull) ** horizonDays);
    return forecastOf(normalCdf(expected / (sigma * Math.sqrt(horizonDays))), [
      `the close is ${percent(gap)} from its ${WINDOW_DAYS}-day mean`,
      `about ${percent(1 - (1 - pull) ** horizonDays)} of such a gap closes in ${horizonDays} days`,
    ]);
  },
);
