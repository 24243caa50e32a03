// Rolling windows of a score, each with its n and interval; a short window holds so few outcomes (about
// ten a week) that it is shrunk toward the next longer one.
import { clusterMargin, sharesInterval } from './window-interval';
import { SHARE, type WindowMeasure } from './window-measures';

export const WINDOWS = ['1h', '6h', '24h', '7d', '30d', 'all'] as const;
export type WindowName = (typeof WINDOWS)[number];

const HOUR_MS = 3_600_000;

/** Length of each window; `all` has none. */
export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
  all: Number.POSITIVE_INFINITY,
};

/** Clusters that the longer window counts for: with n clusters of its own, a window has weight n / (n + 20). */
const WINDOW_PRIOR_CLUSTERS = 20;

/** One resolved score. Rows of one cluster (record-cluster.ts) count as one observation for the interval. */
export interface TimedScore {
  /** Instant of resolution, milliseconds since 1970 UTC. */
  readonly atMs: number;
  readonly value: number;
  readonly cluster: string;
}

export interface WindowScore {
  readonly window: WindowName;
  readonly n: number;
  readonly clusters: number;
  /** Mean of the window's own rows; null without any. */
  readonly raw: number | null;
  /** Shrunk toward the next longer window; null when not even `all` has a row. */
  readonly value: number | null;
  /** 90 % interval of `value`, by clusters; null without rows in `all`, or where clusters and measure tell no spread. */
  readonly interval: readonly [number, number] | null;
}

interface Tally {
  readonly total: number;
  readonly n: number;
}

const tallies = (rows: readonly TimedScore[]): ReadonlyMap<string, Tally> => {
  const sums = new Map<string, { total: number; n: number }>();
  for (const row of rows) {
    const entry = sums.get(row.cluster) ?? { total: 0, n: 0 };
    entry.total += row.value;
    entry.n += 1;
    sums.set(row.cluster, entry);
  }
  return sums;
};

interface Estimate {
  readonly value: number;
  /** What part of the value each cluster is, over all windows that it is made of; they add up to 1. */
  readonly shares: ReadonlyMap<string, number>;
}

/**
 * A longer window holds the rows of a shorter one too, so that the two are no independent estimates: what each cluster
 * is worth in both is added up, and the interval follows from that.
 */
const combine = (
  own: ReadonlyMap<string, Tally>,
  raw: number,
  n: number,
  longer: Estimate | null,
): Estimate => {
  const weight = longer ? own.size / (own.size + WINDOW_PRIOR_CLUSTERS) : 1;
  const shares = new Map<string, number>();
  for (const [cluster, share] of longer?.shares ?? []) shares.set(cluster, (1 - weight) * share);
  for (const [cluster, tally] of own)
    shares.set(cluster, (shares.get(cluster) ?? 0) + (weight * tally.n) / n);
  return { value: weight * raw + (1 - weight) * (longer?.value ?? 0), shares };
};

/**
 * All windows ending at `nowMs`, shortest first (empirical-Bayes style shrinkage, Efron and Morris 1975). The spread of
 * one cluster is that of all clusters of the record: a short window holds too few to tell its own.
 * @param measure where the values lie and how far apart they may be
 */
export const rollingWindows = (
  rows: readonly TimedScore[],
  nowMs: number,
  measure: WindowMeasure = SHARE,
): readonly WindowScore[] => {
  const known = rows.filter((row) => row.atMs <= nowMs);
  const margin = clusterMargin(
    [...tallies(known).values()].map(({ total, n }) => total / n),
    measure,
  );
  let estimate: Estimate | null = null;
  const result: WindowScore[] = [];
  for (const window of [...WINDOWS].reverse()) {
    const inside = known.filter((row) => nowMs - row.atMs < WINDOW_MS[window]);
    const own = tallies(inside);
    const n = inside.length;
    const raw = n === 0 ? null : inside.reduce((sum, row) => sum + row.value, 0) / n;
    if (raw !== null) estimate = combine(own, raw, n, estimate);
    result.unshift({
      window,
      n,
      clusters: own.size,
      raw,
      value: estimate?.value ?? null,
      interval:
        estimate && margin !== null
          ? sharesInterval(estimate.value, estimate.shares.values(), margin, measure.range)
          : null,
    });
  }
  return result;
};
