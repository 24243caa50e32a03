// Ways to make one probability of several. The default to beat is the extremized log-odds mean; the others
// are baselines for backtests. All take plain lists, so that the caller decides who is a member.
import { LOGIT_CLIP, logit, sigmoid } from '../track/log-odds';

/** Extremizing slope of the default pool (requirement B3). */
const DEFAULT_SLOPE = 1.25;

const requireMembers = (values: readonly number[], pool: string): void => {
  if (values.length === 0) throw new RangeError(`${pool} has no probabilities; accepted: at least one`);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Mean of `values` under non-negative `weights` of any positive sum; equal weights when none are given. */
const weightedMean = (values: readonly number[], weights?: readonly number[]): number => {
  if (weights === undefined) return sum(values) / values.length;
  if (weights.length !== values.length) {
    throw new RangeError(`weights has ${weights.length} entries; accepted: ${values.length}, one per member`);
  }
  const bad = weights.find((weight) => !(weight >= 0 && weight < Infinity));
  const total = sum(weights);
  if (bad !== undefined || !(total > 0)) {
    throw new RangeError(`weights are ${weights.join(', ')}; accepted: at least 0 each, with a positive sum`);
  }
  return sum(values.map((value, index) => value * weights[index]!)) / total;
};

/**
 * Weighted arithmetic mean of probabilities (linear opinion pool, Stone 1961).
 * @throws RangeError when there is no member or the weights do not fit.
 */
export const linearPool = (ps: readonly number[], weights?: readonly number[]): number => {
  requireMembers(ps, 'linear pool');
  return Math.min(1, Math.max(0, weightedMean(ps, weights)));
};

/** Weighted mean of clipped log-odds: the common scale of the pools below. */
const meanLogOdds = (ps: readonly number[], weights?: readonly number[], clip = LOGIT_CLIP): number => {
  requireMembers(ps, 'log-odds pool');
  return weightedMean(
    ps.map((p) => logit(p, clip)),
    weights,
  );
};

/**
 * Logarithmic opinion pool: sigmoid of the weighted mean log-odds, that is the normalised weighted geometric
 * mean (Genest and Zidek 1986). Each p is clipped to [.01, .99] first.
 */
export const logOddsPool = (ps: readonly number[], weights?: readonly number[]): number =>
  sigmoid(meanLogOdds(ps, weights));

export interface ExtremizeOptions {
  readonly weights?: readonly number[];
  /** Multiplies the mean log-odds; 1 is the plain log-odds pool. Default 1.25. */
  readonly slope?: number;
  /** Bounds of each p before its logit. Default .01. */
  readonly clip?: number;
}

/**
 * sigmoid(slope x weighted mean log-odds), the default pool of Conclave (requirement B3). Extremizing makes up
 * for members that share only part of the information (Baron et al. 2014; Satopaa et al. 2014).
 */
export const extremizedLogOddsPool = (ps: readonly number[], options: ExtremizeOptions = {}): number => {
  const { weights, slope = DEFAULT_SLOPE, clip = LOGIT_CLIP } = options;
  return sigmoid(slope * meanLogOdds(ps, weights, clip));
};

/** Middle probability; the mean of the middle two for an even count. */
export const medianPool = (ps: readonly number[]): number => {
  requireMembers(ps, 'median');
  const sorted = [...ps].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
};

/**
 * Mean after dropping the `trim` lowest and `trim` highest (Jose and Winkler 2008). With too few members to
 * leave one, the trim falls to the most that does: the median's members.
 */
export const trimmedMeanPool = (ps: readonly number[], trim = 1): number => {
  requireMembers(ps, 'trimmed mean');
  const cut = Math.max(0, Math.min(Math.floor(trim), Math.floor((ps.length - 1) / 2)));
  const sorted = [...ps].sort((a, b) => a - b);
  return linearPool(sorted.slice(cut, sorted.length - cut));
};

/**
 * Extremizing slope of Neyman and Roughgarden (2021, "Are you smarter than a random expert?"):
 * n (sqrt(3n^2 - 3n + 1) - 2) / (n^2 - n - 1), from 1 at n = 1 towards sqrt(3).
 */
export const neymanRoughgardenSlope = (n: number): number =>
  (n * (Math.sqrt(3 * n * n - 3 * n + 1) - 2)) / (n * n - n - 1);

/** Log-odds mean with the Neyman-Roughgarden slope for its number of members. */
export const neymanRoughgardenPool = (ps: readonly number[]): number =>
  extremizedLogOddsPool(ps, { slope: neymanRoughgardenSlope(ps.length) });

export const POOL_NAMES = ['log_odds', 'linear', 'median', 'trimmed_mean', 'neyman_roughgarden'] as const;
export type PoolName = (typeof POOL_NAMES)[number];

type Pool = (ps: readonly number[], options: ExtremizeOptions) => number;

const POOLS: Readonly<Record<PoolName, Pool>> = {
  log_odds: extremizedLogOddsPool,
  linear: (ps, { weights }) => linearPool(ps, weights),
  median: (ps) => medianPool(ps),
  trimmed_mean: (ps) => trimmedMeanPool(ps),
  neyman_roughgarden: (ps) => neymanRoughgardenPool(ps),
};

/** The pool of that name; only `log_odds` takes the slope, only it and `linear` take weights. */
export const poolBy = (
  name: PoolName | undefined,
  ps: readonly number[],
  options: ExtremizeOptions = {},
): number => POOLS[name ?? 'log_odds'](ps, options);
