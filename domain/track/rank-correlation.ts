// Does agreement between members go with being right? A rank correlation with its interval, per category.
import { MIN_INTERVAL_CLUSTERS, quantile } from './cluster-bootstrap';
import { groupInOrder } from './group-in-order';
import { randomIndex, seededRandom } from './random';

/** Average ranks from 1; ties share their mean rank. */
export const ranks = (values: readonly number[]): number[] => {
  const order = Uint32Array.from(values, (_, i) => i).sort((x, y) => values[x]! - values[y]!);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end += 1;
    for (let k = start; k <= end; k += 1) result[order[k]!] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return result;
};

/** Squared deviations below this share of the largest square are the rounding of a mean, not a spread. */
const ROUNDING = 1e-20;

/** Pearson's r in [-1, 1]; null when one side is constant but for rounding. */
export const pearson = (x: readonly number[], y: readonly number[]): number | null => {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  let largestX = 0;
  let largestY = 0;
  for (let i = 0; i < n; i += 1) {
    xy += (x[i]! - meanX) * (y[i]! - meanY);
    xx += (x[i]! - meanX) ** 2;
    yy += (y[i]! - meanY) ** 2;
    largestX = Math.max(largestX, x[i]! ** 2);
    largestY = Math.max(largestY, y[i]! ** 2);
  }
  const isConstant = xx <= ROUNDING * n * largestX || yy <= ROUNDING * n * largestY;
  return isConstant ? null : xy / Math.sqrt(xx * yy);
};

/** Spearman's rho (1904) in [-1, 1]; null below three pairs or when one side is constant. */
export const spearman = (x: readonly number[], y: readonly number[]): number | null =>
  x.length < 3 ? null : pearson(ranks(x), ranks(y));

export interface AgreementRow {
  readonly cluster: string;
  /** Higher means more agreement, e.g. minus the std of the members' p. */
  readonly agreement: number;
  /** Higher is better, e.g. minus the Brier score. */
  readonly quality: number;
  readonly inConsensus: boolean;
  readonly wrongSide: boolean;
}

export interface AgreementQuality {
  readonly n: number;
  readonly rho: number | null;
  /** 90 % interval by clusters; null when rho is, and below five clusters. */
  readonly interval: readonly [number, number] | null;
  readonly wrongSideInside: number | null;
  readonly wrongSideOutside: number | null;
}

const rhoOf = (rows: readonly AgreementRow[]): number | null =>
  spearman(
    rows.map((row) => row.agreement),
    rows.map((row) => row.quality),
  );

const wrongShare = (rows: readonly AgreementRow[]): number | null =>
  rows.length === 0 ? null : rows.filter((row) => row.wrongSide).length / rows.length;

/** Values as positions among the distinct ones, rising; equal values share one. */
const levels = (values: readonly number[]): { readonly at: Uint32Array; readonly count: number } => {
  const order = Uint32Array.from(values, (_, i) => i).sort((x, y) => values[x]! - values[y]!);
  const at = new Uint32Array(values.length);
  let level = -1;
  order.forEach((row, k) => {
    if (k === 0 || values[row] !== values[order[k - 1]!]) level += 1;
    at[row] = level;
  });
  return { at, count: level + 1 };
};

/** Mean rank of each level when row i counts `weights[i]` times. */
const weightedRanks = (at: Uint32Array, weights: Uint16Array, ranksOfLevel: Float64Array): void => {
  ranksOfLevel.fill(0);
  for (let i = 0; i < at.length; i += 1) ranksOfLevel[at[i]!]! += weights[i]!;
  let before = 0;
  for (let level = 0; level < ranksOfLevel.length; level += 1) {
    const here = ranksOfLevel[level]!;
    ranksOfLevel[level] = before + (here + 1) / 2;
    before += here;
  }
};

interface RankedColumn {
  readonly at: Uint32Array;
  readonly ranks: Float64Array;
}

const rankedColumn = (values: readonly number[]): RankedColumn => {
  const { at, count } = levels(values);
  return { at, ranks: new Float64Array(count) };
};

/** Spearman's rho of rows that count `weights[i]` times each; null as in `spearman`. */
const weightedRho = (x: RankedColumn, y: RankedColumn, weights: Uint16Array): number | null => {
  weightedRanks(x.at, weights, x.ranks);
  weightedRanks(y.at, weights, y.ranks);
  let n = 0;
  for (let i = 0; i < weights.length; i += 1) n += weights[i]!;
  const centre = (n + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    const dx = x.ranks[x.at[i]!]! - centre;
    const dy = y.ranks[y.at[i]!]! - centre;
    xy += weight * dx * dy;
    xx += weight * dx * dx;
    yy += weight * dy * dy;
  }
  return n < 3 || xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
};

/** Rows are sorted once; a resample only recounts them, so that its ranks cost one pass. */
const resampledRhos = (rows: readonly AgreementRow[], resamples: number, seed: number): number[] => {
  const clusters = groupInOrder(
    rows.map((row, i) => ({ cluster: row.cluster, i })),
    ({ cluster }) => cluster,
  );
  const agreement = rankedColumn(rows.map((row) => row.agreement));
  const quality = rankedColumn(rows.map((row) => row.quality));
  const weights = new Uint16Array(rows.length);
  const random = seededRandom(seed);
  const rhos: number[] = [];
  for (let resample = 0; resample < resamples; resample += 1) {
    weights.fill(0);
    for (let draw = 0; draw < clusters.length; draw += 1)
      for (const { i } of clusters[randomIndex(random, clusters.length)]!) weights[i]! += 1;
    const rho = weightedRho(agreement, quality, weights);
    if (rho !== null) rhos.push(rho);
  }
  return rhos;
};

/** Above this many rows the interval is Fisher's instead of resampled, which says the same by then. */
const MAX_RESAMPLED_ROWS = 20_000;
const Z_90 = 1.6448536269514722;

/**
 * Below this many clusters resampling alone is too sure: of five unrelated pairs its 90 % intervals hold the truth in
 * 83 of 100 draws, of ten and more in 90.
 */
const FEW_CLUSTERS = 10;

/**
 * Fisher's interval (1921) with the standard error of Spearman's rho, sqrt((1 + rho^2 / 2) / (n - 3)) (Bonett and
 * Wright 2000), and clusters for n, as if all rows of a cluster were one. Ranks that agree fully count as half a step
 * below 1 (a step is one swap of neighbours), which without would have no error at all.
 */
const fisherInterval = (rho: number, clusters: number): readonly [number, number] => {
  const most = 1 - 6 / (clusters * (clusters ** 2 - 1));
  const bounded = Math.max(-most, Math.min(most, rho));
  const centre = Math.atanh(bounded);
  const half = Z_90 * Math.sqrt((1 + bounded ** 2 / 2) / (clusters - 3));
  return [Math.min(rho, Math.tanh(centre - half)), Math.max(rho, Math.tanh(centre + half))];
};

/** The wider of both intervals where clusters are few, because each may be too sure. */
const rhoInterval = (
  rho: number | null,
  rows: readonly AgreementRow[],
  options: { readonly resamples: number; readonly seed: number },
): readonly [number, number] | null => {
  const clusters = new Set(rows.map((row) => row.cluster)).size;
  if (rho === null || clusters < MIN_INTERVAL_CLUSTERS) return null;
  const fisher = fisherInterval(rho, clusters);
  if (rows.length > MAX_RESAMPLED_ROWS) return fisher;
  const rhos = resampledRhos(rows, options.resamples, options.seed);
  if (rhos.length === 0) return null;
  const [low, high] = [quantile(rhos, 0.05), quantile(rhos, 0.95)];
  return clusters < FEW_CLUSTERS && high - low < fisher[1] - fisher[0] ? fisher : [low, high];
};

/** Requirement C7 for one category. */
export const agreementQuality = (
  rows: readonly AgreementRow[],
  options: { readonly resamples: number; readonly seed: number } = { resamples: 500, seed: 7 },
): AgreementQuality => {
  const rho = rhoOf(rows);
  return {
    n: rows.length,
    rho,
    interval: rhoInterval(rho, rows, options),
    wrongSideInside: wrongShare(rows.filter((row) => row.inConsensus)),
    wrongSideOutside: wrongShare(rows.filter((row) => !row.inConsensus)),
  };
};
