// Fits a calibrator per model and category with hierarchical shrinkage: everything pooled, then the
// category around it, then model x category around that, so that a short record borrows from longer ones.
import {
  type CalibrationSample,
  fitPlatt,
  MIN_UNSHRUNK_OUTCOMES,
  PLATT_PRIOR,
  type PlattParameters,
  type PlattPrior,
} from './platt';

export interface TrackedSample extends CalibrationSample {
  readonly model: string;
  readonly category: string;
}

/** Spread of a level's parameters around the level above. */
export const LEVEL_SD = 0.25;

export interface ModelCalibration {
  readonly n: number;
  readonly platt: PlattParameters;
  /** What an answer of exactly one half stands for: it carries no opinion, so the record's own rate. */
  readonly half: number;
  readonly halfCount: number;
}

export interface HierarchicalCalibration {
  readonly global: PlattParameters;
  readonly byCategory: Readonly<Record<string, PlattParameters>>;
  /** Key: `modelCategoryKey`. */
  readonly byModel: Readonly<Record<string, ModelCalibration>>;
}

export const modelCategoryKey = (model: string, category: string): string => `${model}\u0000${category}`;

const around = (centre: PlattParameters, sd: number): PlattPrior => ({
  meanLogA: Math.log(centre.a),
  sdLogA: sd,
  meanB: centre.b,
  sdB: sd,
});

/**
 * A Platt fit that refuses to go without its prior on little data.
 * @throws RangeError for `prior` null (an unshrunk fit) below 300 outcomes.
 */
export const fitCalibrator = (
  samples: readonly CalibrationSample[],
  prior: PlattPrior | null = PLATT_PRIOR,
): PlattParameters => {
  if (prior === null && samples.length < MIN_UNSHRUNK_OUTCOMES)
    throw new RangeError(
      `${samples.length} outcomes without a prior; accepted: at least ${MIN_UNSHRUNK_OUTCOMES} outcomes, or a prior`,
    );
  return fitPlatt(samples, prior ?? { meanLogA: 0, sdLogA: 10, meanB: 0, sdB: 10 });
};

/** Rows that the level above counts for in a rate. */
const RATE_PRIOR_ROWS = 20;

interface Rate {
  readonly yes: number;
  readonly n: number;
}

const rateOf = (samples: readonly TrackedSample[]): Rate => ({
  yes: samples.reduce((sum, sample) => sum + sample.y * (sample.weight ?? 1), 0),
  n: samples.reduce((sum, sample) => sum + (sample.weight ?? 1), 0),
});

const shrunkRate = (rate: Rate, toward: number): number =>
  (rate.yes + toward * RATE_PRIOR_ROWS) / (rate.n + RATE_PRIOR_ROWS);

const groupBy = (
  samples: readonly TrackedSample[],
  keyOf: (sample: TrackedSample) => string,
): Map<string, TrackedSample[]> => {
  const groups = new Map<string, TrackedSample[]>();
  for (const sample of samples) {
    const group = groups.get(keyOf(sample));
    if (group) group.push(sample);
    else groups.set(keyOf(sample), [sample]);
  }
  return groups;
};

const isHalf = (sample: CalibrationSample): boolean => sample.p === 0.5;

const calibrateModel = (samples: readonly TrackedSample[], centre: PlattParameters, baseRate: number) => {
  const halves = samples.filter(isHalf);
  const opinions = samples.filter((sample) => !isHalf(sample));
  return {
    n: opinions.length,
    platt: fitCalibrator(opinions, around(centre, LEVEL_SD)),
    half: shrunkRate(rateOf(halves), baseRate),
    halfCount: halves.length,
  };
};

/**
 * All calibrators from resolved samples (hierarchical priors as in Gelman and Hill 2007; requirement C4).
 * Answers of exactly one half are kept out of the curves. Without samples everything is the identity.
 */
export const fitHierarchy = (samples: readonly TrackedSample[]): HierarchicalCalibration => {
  const opinions = samples.filter((sample) => !isHalf(sample));
  const global = fitCalibrator(opinions);
  const opinionsByCategory = groupBy(opinions, (sample) => sample.category);
  const byCategory = Object.fromEntries(
    [...opinionsByCategory].map(([category, rows]) => [
      category,
      fitCalibrator(rows, around(global, LEVEL_SD)),
    ]),
  );
  const rates = new Map(
    [...groupBy(samples, (sample) => sample.category)].map(([category, rows]) => [
      category,
      shrunkRate(rateOf(rows), 0.5),
    ]),
  );
  const byModel = [...groupBy(samples, (sample) => modelCategoryKey(sample.model, sample.category))].map(
    ([key, rows]) => {
      const category = rows[0]!.category;
      return [key, calibrateModel(rows, byCategory[category] ?? global, rates.get(category)!)] as const;
    },
  );
  return { global, byCategory, byModel: Object.fromEntries(byModel) };
};
