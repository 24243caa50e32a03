// Short-term reversal: a price stretched away from its recent mean tends to come part of the way back.

import { logReturns } from '../../../domain/market/returns';
import { barModel, forecastOf, logPercent, shareText } from '../house-model';
import { clamp, deviation, mean, normalCdf } from '../series-statistics';

/** The mean a price is thought to return to: four trading weeks. */
const WINDOW_DAYS = 20;
/** Never assume that more than this share of a gap closes in a day; short samples overstate reversion. */
const MAX_DAILY_PULL = 0.15;
/** Daily pull assumed where the sample shows none, so that the model keeps its own view. */
const MIN_DAILY_PULL = 0.02;

/** From the 20th close on; `gaps[t]` is of `logs[t + 19]`. */
const gapsOf = (logs: readonly number[]): readonly number[] =>
  logs.slice(WINDOW_DAYS - 1).map((value, index) => value - mean(logs.slice(index, index + WINDOW_DAYS)));

/** Least-squares share of a gap by which `moves` of the day after go against it; 0 without any gap. */
const shareAgainst = (gaps: readonly number[], moves: readonly number[]): number => {
  const square = moves.reduce((sum, _move, day) => sum + gaps[day]! ** 2, 0);
  return square === 0 ? 0 : -moves.reduce((sum, move, day) => sum + gaps[day]! * move, 0) / square;
};

/**
 * Share of today's gap that the price itself is expected to give back within `days`, in [0, 1]. A gap to a trailing
 * mean also closes because the mean comes after the price, and that moves no price: the pull k is what returns give
 * back on the next day, while the gap that is left to pull on the days after decays at its own, faster rate a. The
 * sum of k (1 - a)^t over t below `days` is k (1 - (1 - a)^days) / a.
 */
const shareGivenBack = (logs: readonly number[], gaps: readonly number[], days: number): number => {
  const returns = gaps.slice(1).map((_gap, day) => logs[WINDOW_DAYS + day]! - logs[WINDOW_DAYS + day - 1]!);
  const changes = gaps.slice(1).map((gap, day) => gap - gaps[day]!);
  const pull = clamp(shareAgainst(gaps, returns), MIN_DAILY_PULL, MAX_DAILY_PULL);
  // No slower than the pull alone closes it, so that no price is thought to overshoot.
  const decay = clamp(shareAgainst(gaps, changes), pull, 1);
  return (pull * (1 - (1 - decay) ** days)) / decay;
};

/**
 * House statistics, not a language model. Returns are pulled against the gap of log price to its 20-day mean, a
 * pull that is estimated by least squares and bounded; P(up) = Phi(expected return / (sigma sqrt h)).
 * Source: Jegadeesh, "Evidence of predictable behavior of security returns", J. Finance 45 (1990);
 * Poterba and Summers, "Mean reversion in stock prices", J. Financial Economics 22 (1988).
 */
export const meanReversion = barModel(
  {
    id: 'house-mean-reversion',
    displayName: 'House: mean reversion (statistics)',
    version: '2',
    method: 'Pull of returns against the gap of the log price to its 20-day mean.',
    source: 'Jegadeesh (1990); Poterba, Summers (1988)',
  },
  (bars, horizonDays) => {
    const logs = bars.map((bar) => Math.log(bar.close));
    const gaps = gapsOf(logs);
    const sigma = deviation(logReturns(bars));
    const gap = gaps.at(-1) ?? 0;
    if (sigma === 0) return forecastOf(0.5, ['the closes have not moved; there is nothing to revert']);
    const share = shareGivenBack(logs, gaps, horizonDays);
    return forecastOf(normalCdf((-gap * share) / (sigma * Math.sqrt(horizonDays))), [
      `the close is ${logPercent(gap)} from its ${WINDOW_DAYS}-day mean`,
      `the price gives back about ${shareText(share)} of such a gap in ${horizonDays} days`,
    ]);
  },
);
