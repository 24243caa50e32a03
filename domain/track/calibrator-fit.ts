// Fits a calibrator per model and category with hierarchical shrinkage: everything pooled, then the
// category around it, then model x category around that, so that a short record borrows from longer ones.
import { effectiveMembers } from '../ensemble/disagreement';
import { fitIsotonic, type IsotonicFit, suffices } from './isotonic';
import { sigmoid } from './log-odds';
import {
  addSample,
  type CalibrationSample,
  emptyColumns,
  fitPlattColumns,
  PLATT_PRIOR,
  type PlattParameters,
  type PlattPrior,
  type SampleColumns,
  sumOfWeights,
} from './platt';
import type { Outcome } from './scoring';
import { fitTemperature } from './temperature';

export interface TrackedSample extends CalibrationSample {
  readonly model: string;
  readonly category: string;
}

/** The curves a calibrator can be: two numbers, one, or steps that only rise. */
export const CALIBRATOR_KINDS = ['platt', 'temperature', 'isotonic'] as const;
export type CalibratorKind = (typeof CALIBRATOR_KINDS)[number];

export interface HierarchyOptions {
  /** Spread of a level's parameters around the level above. Default .125. */
  readonly levelSd: number;
  /** Rows that the level above counts for in a rate. Default 10. */
  readonly ratePriorRows: number;
  /** Isotonic below MIN_ISOTONIC_OUTCOMES is Platt. Default `platt`. */
  readonly kind?: CalibratorKind;
}

/** The best of half, once and twice (.25, 20) on rounds due before 2025-08-03 (`npm run bench -- choices`). */
export const DEFAULT_HIERARCHY: HierarchyOptions = { levelSd: 0.125, ratePriorRows: 10 };

export interface ModelCalibration {
  /** Rows that carry an opinion. */
  readonly n: number;
  /** Their weights' sum: rows of one question are one outcome. */
  readonly outcomes: number;
  /** A temperature T is a = 1/T, b = 0. */
  readonly platt: PlattParameters;
  /** Rules instead of `platt`, where asked for and outcomes are plenty. */
  readonly isotonic?: IsotonicFit;
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

/** A level's curve around the level above. */
const curveOf = (
  groups: readonly SampleColumns[],
  prior: PlattPrior,
  kind: CalibratorKind = 'platt',
): PlattParameters => {
  if (kind !== 'temperature') return fitPlattColumns(groups, prior);
  const centre = Math.exp(-prior.meanLogA);
  return { a: 1 / fitTemperature(groups, { centre, sdLog: prior.sdLogA }), b: 0 };
};

const isotonicOf = (
  { x, y, w }: SampleColumns,
  outcomes: number,
  kind?: CalibratorKind,
): { isotonic?: IsotonicFit } =>
  kind !== 'isotonic' || !suffices(outcomes)
    ? {}
    : {
        isotonic: fitIsotonic(x.map((each, i) => ({ p: sigmoid(each), y: y[i] as Outcome, weight: w[i]! }))),
      };

interface Rate {
  yes: number;
  n: number;
}

interface Group {
  readonly model: string;
  readonly category: string;
  readonly opinions: SampleColumns;
  readonly all: Rate;
  readonly halves: Rate;
  halfCount: number;
}

const shrunkRate = (rate: Rate, toward: number, priorRows: number): number =>
  (rate.yes + toward * priorRows) / (rate.n + priorRows);

const addToRate = (rate: Rate, sample: CalibrationSample): void => {
  const weight = sample.weight ?? 1;
  rate.yes += sample.y * weight;
  rate.n += weight;
};

const newGroup = (model: string, category: string): Group => ({
  model,
  category,
  opinions: emptyColumns(),
  all: { yes: 0, n: 0 },
  halves: { yes: 0, n: 0 },
  halfCount: 0,
});

const groupSamples = (samples: Iterable<TrackedSample>): Map<string, Map<string, Group>> => {
  const byCategory = new Map<string, Map<string, Group>>();
  for (const sample of samples) {
    const models = byCategory.get(sample.category) ?? new Map<string, Group>();
    byCategory.set(sample.category, models);
    const group = models.get(sample.model) ?? newGroup(sample.model, sample.category);
    models.set(sample.model, group);
    addToRate(group.all, sample);
    if (sample.p === 0.5) {
      addToRate(group.halves, sample);
      group.halfCount += 1;
    } else addSample(group.opinions, sample);
  }
  return byCategory;
};

/** Members answer the same questions, and err together: what several of them show together weighs as few. */
const independentShare = (groups: readonly Group[]): number =>
  effectiveMembers(groups.length) / groups.length;

const baseRate = (groups: readonly Group[], priorRows: number): number => {
  const scale = independentShare(groups);
  const sum = (of: (rate: Rate) => number): number => groups.reduce((total, { all }) => total + of(all), 0);
  return shrunkRate({ yes: scale * sum(({ yes }) => yes), n: scale * sum(({ n }) => n) }, 0.5, priorRows);
};

const calibrateModel = (
  group: Group,
  centre: PlattParameters,
  base: number,
  options: HierarchyOptions,
): ModelCalibration => {
  const outcomes = sumOfWeights(group.opinions);
  return {
    n: group.opinions.x.length,
    outcomes,
    platt: curveOf([group.opinions], around(centre, options.levelSd), options.kind),
    ...isotonicOf(group.opinions, outcomes, options.kind),
    half: shrunkRate(group.halves, base, options.ratePriorRows),
    halfCount: group.halfCount,
  };
};

/**
 * All calibrators from resolved samples (hierarchical priors as in Gelman and Hill 2007; requirement C4).
 * Answers of exactly one half are kept out of the curves. Without samples everything is the identity.
 */
export const fitHierarchy = (
  samples: Iterable<TrackedSample>,
  options: HierarchyOptions = DEFAULT_HIERARCHY,
): HierarchicalCalibration => {
  const grouped = [...groupSamples(samples)].map(([category, models]) => ({
    category,
    groups: [...models.values()],
  }));
  const columns = (groups: readonly Group[]) => {
    const scale = independentShare(groups);
    return groups.map(({ opinions }): SampleColumns => ({ ...opinions, scale }));
  };
  const global = curveOf(
    grouped.flatMap(({ groups }) => columns(groups)),
    PLATT_PRIOR,
    options.kind,
  );
  const byCategory: Record<string, PlattParameters> = {};
  const byModel: Record<string, ModelCalibration> = {};
  for (const { category, groups } of grouped) {
    const centre = curveOf(columns(groups), around(global, options.levelSd), options.kind);
    const base = baseRate(groups, options.ratePriorRows);
    byCategory[category] = centre;
    for (const group of groups)
      byModel[modelCategoryKey(group.model, category)] = calibrateModel(group, centre, base, options);
  }
  return { global, byCategory, byModel };
};
