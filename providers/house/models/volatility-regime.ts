// Volatility regime: expected return per unit of risk is better in calm markets than in turbulent ones.

import { logReturns } from '../../../domain/market/returns';
import { barModel, forecastOf, shareText } from '../house-model';
import { clamp, mean, risesAfter, shrunkShare, weightedVariance } from '../series-statistics';

/** Half-lives of the fast and the slow variance: one week against two months. */
const FAST_DAYS = 5;
const SLOW_DAYS = 42;
/** How much one e-fold of volatility above its norm lowers P(up); half of it when below. */
const TILT = 0.06;
/** Days of like regime count for this many prior observations at the tilt's value. */
const PRIOR_STRENGTH = 25;
/** Days needed to warm the two variances up before a past regime can be told. */
const WARM_UP_DAYS = 10;

const stressOf = (returns: readonly number[]): number => {
  const slow = weightedVariance(returns, SLOW_DAYS);
  return slow > 0 ? clamp(0.5 * Math.log(weightedVariance(returns, FAST_DAYS) / slow), -1.5, 1.5) : 0;
};

/**
 * House statistics, not a language model. Today's stress is log(fast / slow volatility). P(up) is the
 * share of past days of the same regime (calm or stressed) that rose over the horizon, shrunk to
 * .52 - tilt x stress.
 * Source: Black, "Studies of stock price volatility changes" (1976); Glosten, Jagannathan and Runkle,
 * J. Finance 48 (1993); Moreira and Muir, "Volatility-managed portfolios", J. Finance 72 (2017).
 */
export const volatilityRegime = barModel(
  {
    id: 'house-volatility-regime',
    displayName: 'House: volatility regime (statistics)',
    method: 'Rise frequency in the present volatility regime, shrunk to a leverage-effect tilt.',
    source: 'Black (1976); Glosten, Jagannathan, Runkle (1993); Moreira, Muir (2017)',
  },
  (bars, horizonDays) => {
    const returns = logReturns(bars);
    const stress = stressOf(returns);
    const rises = risesAfter(bars, horizonDays);
    const alike = rises.filter(
      (_, day) => day >= WARM_UP_DAYS && stressOf(returns.slice(0, day)) > 0 === stress > 0,
    );
    const prior = 0.52 - TILT * (stress > 0 ? stress : stress / 2);
    // Overlapping horizons repeat each other: h of them count as one.
    const weight = 1 / horizonDays;
    const up = alike.filter(Boolean).length;
    const p = shrunkShare(up * weight, alike.length * weight, prior, PRIOR_STRENGTH);
    return forecastOf(p, [
      `volatility is ${stress > 0 ? 'above' : 'below'} its two-month norm (log ratio ${stress.toFixed(2)})`,
      `${up} of ${alike.length} past days of this regime rose over ${horizonDays} days; mean daily move ${shareText(mean(returns.map((value) => Math.abs(Math.expm1(value)))))}`,
    ]);
  },
);
