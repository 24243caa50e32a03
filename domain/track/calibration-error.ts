// Calibration error that does not mistake noise for miscalibration: a perfectly calibrated forecaster with
// few outcomes has a large plain ECE, so it is always shown beside its noise floor.
import { type CalibrationBin, calibrationCurve, DEFAULT_BINS } from './murphy';
import type { Scored } from './scoring';

export interface CalibrationError {
  readonly n: number;
  /** Plain expected calibration error, L1 over bins. */
  readonly ece: number;
  /** What `ece` would be on average if every p were exactly right. */
  readonly noiseFloor: number;
  /** Root of the debiased squared error; 0 when the data cannot tell it from noise. */
  readonly debiased: number;
}

const squaredWithoutBias = (bin: CalibrationBin): number => {
  const gap = (bin.meanP - bin.rate) ** 2;
  const variance = bin.n > 1 ? (bin.rate * (1 - bin.rate)) / (bin.n - 1) : bin.expectedVariance;
  return gap - variance;
};

/** E|N(0, s)| = s sqrt(2 / pi) with s the binomial error of the bin's rate. */
const expectedGap = (bin: CalibrationBin): number =>
  Math.sqrt(2 / Math.PI) * (Math.sqrt(bin.expectedVariance) / bin.n);

/** Debiased as in Kumar, Liang, Ma (2019, arXiv 1909.10155). Null without rows. */
export const calibrationError = (
  rows: readonly Scored[],
  bins: number = DEFAULT_BINS,
): CalibrationError | null => {
  if (rows.length === 0) return null;
  const curve = calibrationCurve(rows, bins);
  const weighted = (part: (bin: CalibrationBin) => number) =>
    curve.reduce((sum, bin) => sum + (bin.n / rows.length) * part(bin), 0);
  return {
    n: rows.length,
    ece: weighted((bin) => Math.abs(bin.meanP - bin.rate)),
    noiseFloor: weighted(expectedGap),
    debiased: Math.sqrt(Math.max(0, weighted(squaredWithoutBias))),
  };
};
