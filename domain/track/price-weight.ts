// How far answers may move a market's price, learnt from resolved ones: the weight w of pullToPrice that would have
// lost least, held near what is assumed without outcomes.
import { pullToPrice } from '../ensemble/sizing';
import { logLoss, type Outcome } from './scoring';

export interface PricedAnswer {
  readonly p: number;
  /** In (0, 1). */
  readonly price: number;
  readonly y: Outcome;
}

/** Of w before any outcome: a normal distribution. */
export interface WeightPrior {
  /** A multiple of .05. */
  readonly mean: number;
  readonly deviation: number;
}

const WEIGHT_STEP = 0.05;
const WEIGHTS = Array.from({ length: Math.round(1 / WEIGHT_STEP) + 1 }, (_, i) => i * WEIGHT_STEP);

/** Losses by weight tried, in nats; sums of them are losses of several answers. */
export const NO_LOSSES: readonly number[] = WEIGHTS.map(() => 0);

/** `losses` with one more answer, which counts as `weight` of one. */
export const addPricedAnswer = (
  losses: readonly number[],
  { p, price, y }: PricedAnswer,
  weight = 1,
): readonly number[] =>
  losses.map((loss, i) => loss + weight * logLoss(pullToPrice(p, price, WEIGHTS[i]!), y));

/** Maximum a posteriori of w, in [0, 1] by steps of .05; ties go to the prior's mean, then to the smaller weight. */
export const bestPriceWeight = (losses: readonly number[], { mean, deviation }: WeightPrior): number => {
  const penalty = (i: number): number => losses[i]! + 0.5 * ((WEIGHTS[i]! - mean) / deviation) ** 2;
  return WEIGHTS[
    WEIGHTS.reduce((best, _, i) => (penalty(i) < penalty(best) ? i : best), Math.round(mean / WEIGHT_STEP))
  ]!;
};
