// Calibration error beside what of it is noise: a perfectly calibrated forecaster with few outcomes has a large plain
// ECE, so it is always shown with its noise floor.
import { type CalibrationBin, calibrationCurve, DEFAULT_BINS, type Rated } from './murphy';

export interface CalibrationError {
  readonly n: number;
  /** Plain expected calibration error, L1 over bins. */
  readonly ece: number;
  /** What `ece` would be on average if every p were exactly right. */
  readonly noiseFloor: number;
  /**
   * Root of the debiased squared error. The square is right on average, and is cut off at 0: with few outcomes the root
   * is above .1 by chance in a third of all sound records (calibration-noise.ts says how large chance makes it).
   */
  readonly debiased: number;
}

const weightedMean = (
  curve: readonly CalibrationBin[],
  n: number,
  part: (bin: CalibrationBin) => number,
): number => curve.reduce((sum, bin) => sum + (bin.n / n) * part(bin), 0);

const squaredWithoutBias = (bin: CalibrationBin): number => {
  const gap = (bin.meanP - bin.rate) ** 2;
  const variance = bin.n > 1 ? (bin.rate * (1 - bin.rate)) / (bin.n - 1) : bin.expectedVariance;
  return gap - variance;
};

/** E|N(0, s)| = s sqrt(2 / pi) with s the binomial error of the bin's rate. */
const expectedGap = (bin: CalibrationBin): number =>
  Math.sqrt(2 / Math.PI) * (Math.sqrt(bin.expectedVariance) / bin.n);

/** Root of the debiased squared error of a curve over n rows (`debiased` of CalibrationError). */
export const debiasedError = (curve: readonly CalibrationBin[], n: number): number =>
  Math.sqrt(Math.max(0, weightedMean(curve, n, squaredWithoutBias)));

/** Debiased as in Kumar, Liang, Ma (2019, arXiv 1909.10155). Null without rows. */
export const calibrationError = (
  rows: readonly Rated[],
  bins: number = DEFAULT_BINS,
): CalibrationError | null => {
  if (rows.length === 0) return null;
  const curve = calibrationCurve(rows, bins);
  return {
    n: rows.length,
    ece: weightedMean(curve, rows.length, (bin) => Math.abs(bin.meanP - bin.rate)),
    noiseFloor: weightedMean(curve, rows.length, expectedGap),
    debiased: debiasedError(curve, rows.length),
  };
};
