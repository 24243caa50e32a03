// Rolling windows of a score, each with its n and interval; a short window holds so few outcomes (about
// ten a week) that it is shrunk toward the next longer one.

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

/** Rows that the longer window counts for: with n rows of its own, a window has weight n / (n + 20). */
const WINDOW_PRIOR_ROWS = 20;

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
  /** 90 % interval of `value`, by clusters; null without rows in `all`, or where one cluster cannot tell a spread. */
  readonly interval: readonly [number, number] | null;
}

const Z_90 = 1.6448536269514722;

const clusterMeans = (rows: readonly TimedScore[]): number[] => {
  const sums = new Map<string, { total: number; n: number }>();
  for (const row of rows) {
    const entry = sums.get(row.cluster) ?? { total: 0, n: 0 };
    entry.total += row.value;
    entry.n += 1;
    sums.set(row.cluster, entry);
  }
  return [...sums.values()].map(({ total, n }) => total / n);
};

/** The most that values between 0 and 1 can have; what has no such bounds may spread by anything. */
const varianceOfOne = (isShare: boolean): number | null => (isShare ? 0.25 : null);

const variance = (values: readonly number[], isShare: boolean): number | null => {
  if (values.length < 2) return varianceOfOne(isShare);
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
};

interface Estimate {
  readonly value: number;
  /** Null: not known. */
  readonly errorVariance: number | null;
}

/** A window's own rows, a mean each cluster. */
interface Own {
  readonly means: readonly number[];
  readonly raw: number | null;
  readonly isShare: boolean;
}

const combine = ({ means: own, raw, isShare }: Own, longer: Estimate | null): Estimate | null => {
  if (raw === null) return longer;
  const spread = variance(own, isShare);
  const ownError = spread === null ? null : spread / own.length;
  if (!longer) return { value: raw, errorVariance: ownError };
  const weight = own.length / (own.length + WINDOW_PRIOR_ROWS);
  return {
    value: weight * raw + (1 - weight) * longer.value,
    errorVariance:
      ownError === null || longer.errorVariance === null
        ? null
        : weight ** 2 * ownError + (1 - weight) ** 2 * longer.errorVariance,
  };
};

/**
 * All windows ending at `nowMs`, shortest first (empirical-Bayes style shrinkage, Efron and Morris 1975).
 * @param isShare values lie within one unit; others, such as milliseconds, need two clusters for an interval
 */
export const rollingWindows = (
  rows: readonly TimedScore[],
  nowMs: number,
  isShare = true,
): readonly WindowScore[] => {
  let longer: Estimate | null = null;
  const result: WindowScore[] = [];
  for (const window of [...WINDOWS].reverse()) {
    const inside = rows.filter((row) => row.atMs <= nowMs && nowMs - row.atMs < WINDOW_MS[window]);
    const own = clusterMeans(inside);
    const raw = inside.length === 0 ? null : inside.reduce((sum, row) => sum + row.value, 0) / inside.length;
    const estimate: Estimate | null = combine({ means: own, raw, isShare }, longer);
    const error = estimate?.errorVariance ?? null;
    const half = error === null ? null : Z_90 * Math.sqrt(error);
    result.unshift({
      window,
      n: inside.length,
      clusters: own.length,
      raw,
      value: estimate?.value ?? null,
      interval: estimate && half !== null ? [estimate.value - half, estimate.value + half] : null,
    });
    longer = estimate;
  }
  return result;
};
