// Time-series momentum: what has risen over weeks tends to go on for a while.

import { logReturns } from '../../../domain/market/returns';
import { barModel, forecastOf, logPercent } from '../house-model';
import { deviation, normalCdf, returnOver } from '../series-statistics';

/** About one month and one quarter; a short tape uses what it has. */
const LOOKBACKS = [21, 63] as const;
/** Slope from standardised past return to standardised expected return: small, as the published effect is. */
const STRENGTH = 0.12;

/**
 * House statistics, not a language model. P(up) = Phi(k z), z the mean over lookbacks of the past return
 * over sigma sqrt(days), sigma the deviation of all daily returns at hand: like the source's, a longer one than that
 * of the lookback itself, which a single jump would swell.
 * Source: Moskowitz, Ooi and Pedersen, "Time series momentum", J. Financial Economics 104 (2012).
 */
export const momentum = barModel(
  {
    id: 'house-momentum',
    displayName: 'House: time-series momentum (statistics)',
    method: 'Sign and size of the volatility-scaled return of the last one and three months.',
    source: 'Moskowitz, Ooi, Pedersen (2012)',
  },
  (bars, horizonDays) => {
    const sigma = deviation(logReturns(bars));
    if (sigma === 0) return forecastOf(0.5, ['the closes have not moved; there is no momentum']);
    const scores = LOOKBACKS.map((days) => Math.min(days, bars.length - 1)).map(
      (days) => returnOver(bars, days) / (sigma * Math.sqrt(days)),
    );
    const z = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const horizonFactor = Math.min(1.5, Math.sqrt(horizonDays / 5));
    return forecastOf(normalCdf(STRENGTH * horizonFactor * z), [
      `return of the last ${LOOKBACKS[0]} days ${logPercent(returnOver(bars, LOOKBACKS[0]))}`,
      `volatility-scaled trend score ${z.toFixed(2)}`,
    ]);
  },
);
