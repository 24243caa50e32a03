// What one more, better answer is worth before it is bought: the expected gain in the trade it may change.
import type { MicroUsd } from '../money/micro-usd';

/**
 * How far a further stage is expected to move a probability, as a standard deviation, before it is learnt:
 * members of one ensemble lie about this far apart.
 */
const PRIOR_REVISION_STD = 0.08;

/** Standard normal density. */
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** Upper tail of the standard normal, by Abramowitz and Stegun 26.2.17; error below 7.5e-8. */
export const normalTail = (x: number): number => {
  if (x < 0) return 1 - normalTail(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return density(x) * series;
};

/** E[max(X, 0)] of a normal X: the unit normal loss integral (Raiffa and Schlaifer 1961). */
export const expectedPositivePart = (mean: number, std: number): number => {
  if (std === 0) return Math.max(mean, 0);
  const z = mean / std;
  return Math.max(0, std * density(z) + mean * normalTail(-z));
};

export interface ValueOfInformationInput {
  /** The probability now. */
  readonly probability: number;
  /** Null: even odds. */
  readonly priceOfYes: number | null;
  readonly stakeMicroUsd: MicroUsd;
  /** Fee per unit of payoff. Default 0. */
  readonly fee?: number;
  /** Standard deviation of the change the new answer brings. Default .08. */
  readonly revisionStd?: number;
}

/**
 * Expected value of sample information for a trade of yes, no or neither (Raiffa and Schlaifer 1961): stake x
 * (E[gain at the revised p] - gain at the present p), where gain(p) = max(|p - price| - fee, 0) per unit of
 * payoff and the revision is normal around the present p. Never negative; largest at the edge of trading.
 * @returns micro-dollars, not rounded.
 */
export const valueOfInformation = (input: ValueOfInformationInput): number => {
  const { probability, stakeMicroUsd, fee = 0, revisionStd = PRIOR_REVISION_STD } = input;
  const edge = probability - (input.priceOfYes ?? 0.5);
  const now = Math.max(Math.abs(edge) - fee, 0);
  const then = expectedPositivePart(edge - fee, revisionStd) + expectedPositivePart(-edge - fee, revisionStd);
  return stakeMicroUsd * Math.max(0, then - now);
};
