// Bootstrap over clusters: rows of one question share their luck, so whole questions are drawn, class by
// class, and each statistic is the mean of the class means.
import { groupInOrder } from './group-in-order';
import { type Random, randomIndex, seededRandom } from './random';

/** One cluster of one class: sums of k statistics over its n rows. */
export interface ClusterSums {
  readonly className: string;
  readonly n: number;
  readonly sums: readonly number[];
}

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

export const DEFAULT_BOOTSTRAP: BootstrapOptions = { resamples: 2000, seed: 20251026 };

/** [estimate, low, high]; no bounds where clusters are too few to tell a spread. */
export type Interval = readonly [number, number, number] | readonly [number, null, null];

/** Below this many, resamples hardly differ (not at all from one), and an interval would say more than is known. */
export const MIN_INTERVAL_CLUSTERS = 5;

interface FlatClass {
  readonly n: Float64Array;
  readonly sums: Float64Array;
}

const flatten = (clusters: readonly ClusterSums[], width: number): FlatClass => {
  const n = new Float64Array(clusters.length);
  const sums = new Float64Array(clusters.length * width);
  clusters.forEach((cluster, i) => {
    n[i] = cluster.n;
    for (let k = 0; k < width; k += 1) sums[i * width + k] = cluster.sums[k]!;
  });
  return { n, sums };
};

/** How often each of `counts.length` clusters is drawn in one resample of as many draws. */
const drawCounts = (counts: Uint16Array, random: Random): void => {
  const bound = counts.length;
  counts.fill(0);
  for (let draw = 0; draw < bound; draw += 1) counts[randomIndex(random, bound)]! += 1;
};

/** Clusters are drawn first and summed in their order of storage: memory is read once, from front to back. */
const addDrawnMeans = (
  group: FlatClass,
  counts: Uint16Array,
  totals: Float64Array,
  into: Float64Array,
): void => {
  const width = totals.length;
  const { n, sums } = group;
  let rows = 0;
  totals.fill(0);
  for (let i = 0, base = 0; i < counts.length; i += 1, base += width) {
    const count = counts[i]!;
    if (count === 0) continue;
    rows += count * n[i]!;
    for (let k = 0; k < width; k += 1) totals[k]! += count * sums[base + k]!;
  }
  for (let k = 0; k < width; k += 1) into[k]! += totals[k]! / rows;
};

/** Resampled statistics: one row per resample, each of `width` means of class means. */
export const clusterResamples = (
  clusters: readonly ClusterSums[],
  options: BootstrapOptions = DEFAULT_BOOTSTRAP,
): readonly Float64Array[] => {
  const width = clusters[0]?.sums.length ?? 0;
  const random = seededRandom(options.seed);
  const groups = groupInOrder(clusters, (cluster) => cluster.className).map((group) => flatten(group, width));
  const counts = groups.map((group) => new Uint16Array(group.n.length));
  const totals = new Float64Array(width);
  return Array.from({ length: options.resamples }, () => {
    const statistic = new Float64Array(width);
    groups.forEach((group, at) => {
      drawCounts(counts[at]!, random);
      addDrawnMeans(group, counts[at]!, totals, statistic);
    });
    for (let k = 0; k < width; k += 1) statistic[k]! /= groups.length;
    return statistic;
  });
};

const quantileOfSorted = (sorted: Float64Array, q: number): number => {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below]! + (at - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
};

/** Linear-interpolated quantile of unsorted values; NaN of nothing. */
export const quantile = (values: ArrayLike<number>, q: number): number =>
  quantileOfSorted(Float64Array.from(values).sort(), q);

/** Percentile interval of `level` (two-sided) around an estimate (Efron 1979; clusters as in Cameron et al. 2008). */
export const percentileInterval = (
  estimate: number,
  resampled: ArrayLike<number>,
  level = 0.95,
): readonly [number, number, number] => {
  const sorted = Float64Array.from(resampled).sort();
  return [estimate, quantileOfSorted(sorted, (1 - level) / 2), quantileOfSorted(sorted, (1 + level) / 2)];
};

const everyClassHasEnough = (clusters: readonly ClusterSums[]): boolean =>
  groupInOrder(clusters, ({ className }) => className).every(
    (group) => group.length >= MIN_INTERVAL_CLUSTERS,
  );

/**
 * 95 % percentile intervals of the statistics of `clusters` around their estimates, in order. Without bounds where a
 * class has fewer than five clusters: its part of the mean would have next to no spread.
 */
export const clusterIntervals = (
  clusters: readonly ClusterSums[],
  estimates: readonly number[],
  options: BootstrapOptions,
): readonly Interval[] => {
  if (!everyClassHasEnough(clusters)) return estimates.map((estimate) => [estimate, null, null]);
  const resamples = clusterResamples(clusters, options);
  return estimates.map((estimate, k) =>
    percentileInterval(
      estimate,
      resamples.map((sample) => sample[k]!),
    ),
  );
};
