// Empirical base rate: how often did this very thing rise over such a horizon? The outside view.
import { barModel, forecastOf } from '../house-model';
import { risesAfter, shrunkShare } from '../series-statistics';

/** Long-run share of weeks in which a large share rises. */
const PRIOR = 0.53;
/** As if so many independent horizons had been seen before. */
const PRIOR_STRENGTH = 20;

/**
 * House statistics, not a language model. Share of past days after which the close h days later was
 * higher, as a Beta-binomial with overlapping horizons counted once.
 * Source: Kahneman and Tversky, "Intuitive prediction: biases and corrective procedures", TIMS Studies in
 * Management Science 12 (1979), on reference classes; Gelman et al., Bayesian Data Analysis (2013), ch. 2.
 */
export const baseRate = barModel(
  {
    id: 'house-base-rate',
    displayName: 'House: empirical base rate (statistics)',
    method: 'Share of past horizons that closed higher, shrunk to the long-run share.',
    source: 'Kahneman, Tversky (1979); Gelman et al. (2013) ch. 2',
  },
  (bars, horizonDays) => {
    const rises = risesAfter(bars, horizonDays);
    const up = rises.filter(Boolean).length;
    const p = shrunkShare(up / horizonDays, rises.length / horizonDays, PRIOR, PRIOR_STRENGTH);
    return forecastOf(p, [`${up} of ${rises.length} past ${horizonDays}-day spans closed higher`]);
  },
);
