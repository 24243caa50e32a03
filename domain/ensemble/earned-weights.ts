// Weights from a record by inverse Brier score, the baseline that the golden figures hold. Exponential
// weights, which follow the record outcome by outcome, are in hedge.ts.
import { assertWeights, normaliseWeights, type Weights } from './weights';

export interface InverseBrierOptions {
  /** Exponent k. Default 4. */
  readonly power?: number;
  /** Pseudo-outcomes at the members' mean Brier score. Default 20. */
  readonly shrinkOutcomes?: number;
}

/** Keeps a member with a perfect short record from taking all: no score counts as better than this. */
const BEST_BRIER = 1e-6;

/**
 * w_j proportional to B_j^-k with B_j = (n Brier_j + m mean Brier) / (n + m) (requirement C10's parity fixture;
 * performance weighting as in Winkler et al. 2019). Lower Brier, higher weight; n = 0 gives equal weights.
 * @param briers mean Brier score by model, each in [0, 1]
 * @param outcomes n, the outcomes each mean is of
 */
export const inverseBrierWeights = (
  briers: Weights,
  outcomes: number,
  { power = 4, shrinkOutcomes = 20 }: InverseBrierOptions = {},
): Weights => {
  assertWeights(briers);
  const entries = Object.entries(briers);
  const mean = entries.reduce((total, [, brier]) => total + brier, 0) / entries.length;
  const total = outcomes + shrinkOutcomes;
  const shrunk = (brier: number): number =>
    total === 0 ? mean : (outcomes * brier + shrinkOutcomes * mean) / total;
  return normaliseWeights(
    Object.fromEntries(
      entries.map(([model, brier]) => [model, Math.max(BEST_BRIER, shrunk(brier)) ** -power]),
    ),
  );
};
