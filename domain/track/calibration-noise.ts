// How far off a model's probabilities look by chance alone: what a calibration error must exceed before it means anything.
import { debiasedError } from './calibration-error';
import { quantile } from './cluster-bootstrap';
import { binIndex, calibrationCurve, DEFAULT_BINS, type Rated } from './murphy';
import { seededRandom } from './random';

/** A forecast against its outcome; those of one cluster (record-cluster.ts) turn on the same chance. */
export interface ClusteredForecast extends Rated {
  readonly cluster: string;
}

/**
 * One row for each cluster and bin of p, with the means of p and y: many decisions on one contract are one outcome in
 * their bin, and the strikes of one event stay in the bins where their probabilities are.
 */
export const oncePerBin = (
  rows: readonly ClusteredForecast[],
  bins: number = DEFAULT_BINS,
): readonly ClusteredForecast[] => {
  const found = new Map<string, { cluster: string; p: number; y: number; n: number }>();
  for (const { cluster, p, y } of rows) {
    const key = `${binIndex(p, bins)} ${cluster}`;
    const row = found.get(key) ?? { cluster, p, y, n: 0 };
    row.n += 1;
    // Steps from the first value, as the mean of equal ones must not fall out of their bin by rounding.
    row.p += (p - row.p) / row.n;
    row.y += (y - row.y) / row.n;
    found.set(key, row);
  }
  return [...found.values()].map(({ cluster, p, y }) => ({ cluster, p, y }));
};

export interface NoiseOptions {
  /** Share of the draws that lie below the answer. */
  readonly level: number;
  readonly draws: number;
  readonly seed: number;
}

const DEFAULT_NOISE: NoiseOptions = { level: 0.99, draws: 500, seed: 20251122 };

/**
 * Quantile of the debiased error of the same forecasts if every p were exactly right: y is 1 with probability p, anew in
 * each draw (consistency resampling, Bröcker and Smith 2007). A cluster has one chance for all its rows. In the
 * unit of the error, 0 to 1; 0 without rows.
 */
export const calibrationNoise = (
  rows: readonly ClusteredForecast[],
  { level, draws, seed }: NoiseOptions = DEFAULT_NOISE,
): number => {
  if (rows.length === 0) return 0;
  const random = seededRandom(seed);
  const curve = calibrationCurve(rows);
  const used = [...new Set(rows.map(({ p }) => binIndex(p)))].sort((a, b) => a - b);
  const clusters = [...new Set(rows.map(({ cluster }) => cluster))];
  const places = new Map(clusters.map((cluster, index) => [cluster, index]));
  const flat = rows.map(({ p, cluster }) => ({
    ...{ p, bin: used.indexOf(binIndex(p)), place: places.get(cluster)! },
  }));
  const errors = Array.from({ length: draws }, () => {
    const chances = clusters.map(random);
    const hits = curve.map(() => 0);
    for (const { p, bin, place } of flat) if (chances[place]! < p) hits[bin]! += 1;
    return debiasedError(
      curve.map((bin, index) => ({ ...bin, rate: hits[index]! / bin.n })),
      rows.length,
    );
  });
  return quantile(errors, level);
};
