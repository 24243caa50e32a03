// Intervals that hold at every look: the running mean of a bounded difference with a bound that stays
// valid however often, and whenever, someone peeks (requirement C11).

/** Running sums; plain JSON. */
export interface RunningMean {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Sum of squared errors of predictions made before each value; the variance process of the bound. */
  readonly predictedVariance: number;
}

export const NO_VALUES: RunningMean = { n: 0, sum: 0, sumSquares: 0, predictedVariance: 0 };

/** One more value, in [-1, 1]. */
export const addValue = (running: RunningMean, value: number): RunningMean => {
  const guess = running.n === 0 ? 0 : running.sum / running.n;
  return {
    n: running.n + 1,
    sum: running.sum + value,
    sumSquares: running.sumSquares + value * value,
    predictedVariance: running.predictedVariance + (value - guess) ** 2,
  };
};

/** Coefficients of the empirical-Bernstein supermartingale, each below 1 / RANGE. */
const GRID: readonly number[] = [0.02, 0.04, 0.07, 0.12, 0.2, 0.3, 0.45];
const RANGE = 2;

/** psi of the exponential law: (-log(1 - c l) - c l) / c^2 (Howard et al. 2021), c the width of the values. */
const psi = (lambda: number): number => (-Math.log(1 - RANGE * lambda) - RANGE * lambda) / RANGE ** 2;

const PSI: readonly number[] = GRID.map(psi);

/** Log of the mixture wealth against the mean `m` from above or below (side +1: values exceed m). */
const logWealth = (running: RunningMean, m: number, side: 1 | -1): number => {
  const terms = GRID.map(
    (lambda, k) => lambda * side * (running.sum - running.n * m) - PSI[k]! * running.predictedVariance,
  );
  const top = Math.max(...terms);
  return top + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - top), 0) / terms.length);
};

const boundary = (running: RunningMean, side: 1 | -1, threshold: number): number => {
  let inside = running.sum / running.n;
  let outside = inside - side * 4;
  if (logWealth(running, outside, side) < threshold) return -side * 1;
  for (let i = 0; i < 60; i += 1) {
    const middle = (inside + outside) / 2;
    if (logWealth(running, middle, side) < threshold) inside = middle;
    else outside = middle;
  }
  return Math.max(-1, Math.min(1, inside));
};

/**
 * Two-sided confidence sequence for the mean of values in [-1, 1] at level 1 - alpha: empirical Bernstein
 * with a mixture over fixed coefficients (Howard, Ramdas, McAuliffe, Sekhon 2021, arXiv 1810.08240).
 * [mean, low, high]; [0, -1, 1] without values.
 */
export const confidenceSequence = (running: RunningMean, alpha = 0.05): readonly [number, number, number] => {
  if (running.n === 0) return [0, -1, 1];
  const threshold = Math.log(2 / alpha);
  return [running.sum / running.n, boundary(running, 1, threshold), boundary(running, -1, threshold)];
};

/** Whether any single coefficient reaches the threshold; the mixture, being their mean, cannot without one. */
const canExclude = (running: RunningMean, threshold: number): boolean => {
  const distance = Math.abs(running.sum);
  for (let k = 0; k < GRID.length; k += 1)
    if (GRID[k]! * distance - PSI[k]! * running.predictedVariance >= threshold) return true;
  return false;
};

/** True when the sequence excludes zero; cheap enough for a look after every outcome. */
export const excludesZero = (running: RunningMean, alpha = 0.05): boolean => {
  const threshold = Math.log(2 / alpha);
  if (!canExclude(running, threshold)) return false;
  return Math.max(logWealth(running, 0, 1), logWealth(running, 0, -1)) >= threshold;
};
