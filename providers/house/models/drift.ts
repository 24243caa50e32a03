// Random walk with drift: the plainest model of a price, and the one the others must improve on.

import { daysPerYearOf, logReturns } from '../../../domain/market/returns';
import { barModel, forecastOf, logPercent, shareText } from '../house-model';
import { deviation, mean, normalCdf } from '../series-statistics';

/** Long-run log drift of large shares a year, the prior's centre. */
const PRIOR_YEARLY_DRIFT = 0.07;
/** The prior weighs as much as one year of days: the mean of a short sample is mostly noise (Merton 1980). */
const PRIOR_YEARS = 1;

/**
 * House statistics, not a language model. Log prices follow a random walk with drift: P(up over h days) =
 * Phi(mu h / (sigma sqrt h)), mu the sample mean shrunk to a long-run prior.
 * Source: Campbell, Lo and MacKinlay, The Econometrics of Financial Markets (1997), ch. 2; shrinkage of
 * the mean after Merton, "On estimating the expected return on the market", J. Financial Economics 8 (1980).
 */
export const drift = barModel(
  {
    id: 'house-drift',
    displayName: 'House: random walk with drift (statistics)',
    method: 'Random walk with drift; sample mean shrunk to a long-run prior.',
    source: 'Campbell, Lo, MacKinlay (1997) ch. 2; Merton (1980)',
  },
  (bars, horizonDays) => {
    const returns = logReturns(bars);
    const sigma = deviation(returns);
    if (sigma === 0) return forecastOf(0.5, ['the closes have not moved; a random walk says nothing']);
    const sum = returns.reduce((total, value) => total + value, 0);
    const daily =
      (sum + PRIOR_YEARS * PRIOR_YEARLY_DRIFT) / (returns.length + PRIOR_YEARS * daysPerYearOf(bars));
    return forecastOf(normalCdf((daily * Math.sqrt(horizonDays)) / sigma), [
      `mean daily return ${logPercent(mean(returns))} over ${returns.length} days, shrunk to ${logPercent(daily)}`,
      `daily volatility ${shareText(sigma)}`,
    ]);
  },
);
