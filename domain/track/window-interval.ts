// How far a mean over clusters may be off: by the spread of one cluster, and by how the mean weighs them.
import type { WindowMeasure } from './window-measures';

/** Clusters that the prior spread counts for: a few that agree prove no precision. */
const PRIOR_CLUSTERS = 5;
/** Two-sided 90 % of a standard normal. */
const Z_90 = 1.6448536269514722;
/** The same of Student's t with one and with two degrees of freedom. */
const T_90 = [6.313751514675043, 2.919985580353726] as const;

/** Two-sided 90 % of Student's t; from three degrees on by Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5). */
const studentT = (degrees: number): number => {
  const exact = T_90[degrees - 1];
  if (exact !== undefined) return exact;
  const z = Z_90;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
};

/**
 * Half of the 90 % interval of one cluster's mean, in the measure's unit: its standard deviation is pooled from the
 * clusters and the prior, which counts for five of them (scaled inverse chi-squared, Gelman et al. 2013, 2.6). Without
 * a prior it is the clusters' own, by Student's t.
 * @param means one of each cluster
 * @returns null where there is no prior and the clusters tell no spread: fewer than two, or all alike
 */
export const clusterMargin = (means: readonly number[], measure: WindowMeasure): number | null => {
  const degrees = means.length - 1;
  const centre = means.reduce((sum, value) => sum + value, 0) / means.length;
  const squares = means.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  if (measure.priorSpread !== null)
    return (
      Z_90 * Math.sqrt((PRIOR_CLUSTERS * measure.priorSpread ** 2 + squares) / (PRIOR_CLUSTERS + degrees))
    );
  return degrees < 1 || squares === 0 ? null : studentT(degrees) * Math.sqrt(squares / degrees);
};

/**
 * 90 % interval of a weighted mean of clusters, within the measure's range. Its variance is that of one cluster times
 * the sum of the squared shares (Kish 1965): an event with most of the rows is still one observation.
 * @param shares what part of the mean each cluster is; they add up to 1
 * @param margin of one cluster
 */
export const sharesInterval = (
  value: number,
  shares: Iterable<number>,
  margin: number,
  [low, high]: WindowMeasure['range'],
): readonly [number, number] => {
  let squares = 0;
  for (const share of shares) squares += share ** 2;
  const half = margin * Math.sqrt(squares);
  return [Math.max(low, value - half), Math.min(high, value + half)];
};
