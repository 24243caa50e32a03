// Weights from a record: by inverse Brier score, by contribution, and by stacking shrunk to equal. Exponential
// weights, which follow the record outcome by outcome, are in hedge.ts.
import { solveLinear } from './linear-system';
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

/**
 * Contribution weights (Budescu and Chen 2015): in proportion to how much worse the pool would have scored
 * without the member; members that did not help get 0, and all get the same when none helped.
 * @param contributions leave-one-out gain in score by model, positive when the member helped
 */
export const contributionWeights = (contributions: Readonly<Record<string, number>>): Weights => {
  for (const [model, value] of Object.entries(contributions)) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`contribution of "${model}" is ${value}; accepted: a finite number`);
    }
  }
  return normaliseWeights(
    Object.fromEntries(Object.entries(contributions).map(([model, value]) => [model, Math.max(0, value)])),
  );
};

/** One resolved question that every member answered. */
export interface StackingRow {
  /** Probability by model. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly outcome: 0 | 1;
  /** 1/k for one of k rows of one question. Default 1. */
  readonly weight?: number;
}

/**
 * Stacking shrunk to equal weights: minimises sum (y - sum w_j p_j)^2 + penalty sum (w_j - 1/N)^2 under
 * sum w_j = 1 (stacking: Breiman 1996; ridge to equal: Diebold and Shin 2019). Weights may be negative: bound
 * them with `boundNegative` before use. No rows give equal weights, and so does a large penalty.
 * @param penalty above 0, in units of squared error. Default 20.
 * @throws RangeError naming the member that a row lacks, or a penalty that is not above 0.
 */
export const ridgeToEqualWeights = (
  models: readonly string[],
  rows: readonly StackingRow[],
  penalty = 20,
): Readonly<Record<string, number>> => {
  if (!(penalty > 0)) throw new RangeError(`penalty is ${penalty}; accepted: above 0`);
  const n = models.length;
  if (n === 0) return {};
  // Normal equations in the deviation from equal, bordered by the multiplier of sum d_j = 0.
  const matrix = Array.from({ length: n + 1 }, (_, i) =>
    Array.from({ length: n + 1 }, (_, j) => (i === n || j === n ? (i === j ? 0 : 1) : i === j ? penalty : 0)),
  );
  const right = new Array<number>(n + 1).fill(0);
  for (const row of rows) addRow(row, models, matrix, right);
  const deviation = solveLinear(matrix, right);
  return Object.fromEntries(models.map((model, index) => [model, 1 / n + deviation[index]!]));
};

const addRow = (
  row: StackingRow,
  models: readonly string[],
  matrix: readonly number[][],
  right: number[],
): void => {
  const ps = models.map((model) => {
    const p = Object.hasOwn(row.probabilities, model) ? row.probabilities[model]! : Number.NaN;
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`probability of member "${model}" is ${p}; accepted: a probability in [0, 1]`);
    }
    return p;
  });
  const weight = row.weight ?? 1;
  const residual = row.outcome - ps.reduce((total, p) => total + p, 0) / ps.length;
  for (const [i, left] of ps.entries()) {
    right[i]! += weight * left * residual;
    for (const [j, other] of ps.entries()) matrix[i]![j]! += weight * left * other;
  }
};

/** Negative stacking weights to 0, the rest rescaled: what the bounded pools take. */
export const boundNegative = (weights: Readonly<Record<string, number>>): Weights =>
  normaliseWeights(
    Object.fromEntries(Object.entries(weights).map(([model, weight]) => [model, Math.max(0, weight)])),
  );
