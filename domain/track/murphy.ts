// Murphy's decomposition of the Brier score: how much is miscalibration, how much is skill.
import { brier, mean, type Scored } from './scoring';

export interface CalibrationBin {
  readonly n: number;
  readonly meanP: number;
  readonly rate: number;
  /** Sum of p(1 - p), for noise estimates. */
  readonly expectedVariance: number;
}

export interface MurphyDecomposition {
  readonly brier: number;
  /** Lower is better. */
  readonly reliability: number;
  /** Higher is better. */
  readonly resolution: number;
  readonly uncertainty: number;
  /** What binning hides: brier - (reliability - resolution + uncertainty). */
  readonly withinBin: number;
}

export const DEFAULT_BINS = 10;

/** A forecast against its outcome, or the means of several that count as one: y from 0 to 1. */
export interface Rated {
  readonly p: number;
  readonly y: number;
}

/** Bin of p, from 0. */
export const binIndex = (p: number, bins: number = DEFAULT_BINS): number =>
  Math.min(bins - 1, Math.floor(p * bins));

const binOf = (rows: readonly Rated[]): CalibrationBin => ({
  n: rows.length,
  meanP: mean(rows.map((row) => row.p)) ?? 0,
  rate: mean(rows.map((row) => row.y)) ?? 0,
  expectedVariance: rows.reduce((sum, row) => sum + row.p * (1 - row.p), 0),
});

/** Equal-width bins of p over [0, 1], empty ones left out; the points of a calibration curve. */
export const calibrationCurve = (
  rows: readonly Rated[],
  bins: number = DEFAULT_BINS,
): readonly CalibrationBin[] => {
  const groups = Array.from({ length: bins }, (): Rated[] => []);
  for (const row of rows) groups[binIndex(row.p, bins)]!.push(row);
  return groups.filter((group) => group.length > 0).map(binOf);
};

/** Murphy (1973), with the within-bin remainder of Stephenson et al. (2008). Null without rows. */
export const murphyDecomposition = (
  rows: readonly Scored[],
  bins: number = DEFAULT_BINS,
): MurphyDecomposition | null => {
  if (rows.length === 0) return null;
  const total = mean(rows.map((row) => brier(row.p, row.y)))!;
  const base = mean(rows.map((row) => row.y))!;
  const curve = calibrationCurve(rows, bins);
  const weighted = (part: (bin: CalibrationBin) => number) =>
    curve.reduce((sum, bin) => sum + (bin.n / rows.length) * part(bin), 0);
  const reliability = weighted((bin) => (bin.meanP - bin.rate) ** 2);
  const resolution = weighted((bin) => (bin.rate - base) ** 2);
  const uncertainty = base * (1 - base);
  return {
    brier: total,
    reliability,
    resolution,
    uncertainty,
    withinBin: total - (reliability - resolution + uncertainty),
  };
};
