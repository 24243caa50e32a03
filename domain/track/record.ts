// What a desk has learnt so far, from resolved forecasts alone: weights per category, calibrators per model
// and category, and whether the evidence lets them work. Live decisions and backtests fit it by this one
// function, so that both give the same numbers.
import { type Calibrator, NO_CALIBRATOR } from '../ensemble/calibrator';
import { type HedgeState, hedgeUpdate, hedgeWeights, newHedge } from '../ensemble/hedge';
import type { Weights } from '../ensemble/weights';
import {
  type CalibratorKind,
  DEFAULT_HIERARCHY,
  fitHierarchy,
  type HierarchicalCalibration,
  modelCategoryKey,
  type TrackedSample,
} from './calibrator-fit';
import { type MemberDrift, memberDrift, withoutDrifted } from './drift-reset';
import { type Gain, gainOf, SWITCH_E_VALUE, type Trial, trialOf } from './evidence';
import { countBy } from './group-in-order';
import { applyIsotonic } from './isotonic';
import { applyPlatt, MIN_UNSHRUNK_OUTCOMES } from './platt';
import type { Span } from './record-cluster';
import { logLoss, type Outcome } from './scoring';
import { fitWeights, type Weighting } from './weighting';

/** What was predicted in the shadow when the forecast was made, so that a candidate can be judged later. */
export interface ShadowPredictions {
  /** Weighted vote under equal and under the learnt weights. */
  readonly equal: number | null;
  readonly weighted: number | null;
  /** Each member's calibrated p, in member order; NaN where it had none. */
  readonly calibrated: readonly number[];
}

export interface ResolvedForecast {
  readonly rowId: string;
  readonly category: string;
  /** Rows that turn on one outcome share it (record-cluster.ts): what they show counts once. */
  readonly cluster: string;
  /** Set where the outcome is the move of a price. */
  readonly span?: Span | null;
  readonly y: Outcome;
  /** 1 for a question with one resolution date; 1/k for one of k rows of one question. Rows of a cluster count once. */
  readonly weight: number;
  /** By member order; NaN where absent. */
  readonly p: readonly number[];
  readonly shadow: ShadowPredictions | null;
}

/** A dated version of everything learnt; plain JSON. */
export interface TrackRecord {
  readonly outcomes: number;
  readonly members: readonly string[];
  readonly hedge: Readonly<Record<string, HedgeState>>;
  /** By category, where another rule than exponential weights was asked for. */
  readonly fittedWeights?: Readonly<Record<string, Weights>>;
  readonly calibration: HierarchicalCalibration;
  /** Keys: `weights<NUL>category`, `curve<NUL>model<NUL>category`, `half<NUL>model<NUL>category`. */
  readonly trials: Readonly<Record<string, Trial>>;
  readonly evidenceThreshold: number;
  /** In member order. */
  readonly drifts: readonly MemberDrift[];
}

export interface RecordOptions {
  readonly members: readonly string[];
  /** e-value that puts a learnt version to work or takes it back; 0 asks for none. Default 20. */
  readonly evidenceThreshold?: number;
  /** How weights are learnt. Default `exponential`. */
  readonly weighting?: Weighting;
  /** How members' answers are calibrated. Default `platt`. */
  readonly calibrator?: CalibratorKind;
}

/** Keys of `trials`. */
export const weightsTrial = (category: string): string => `weights\u0000${category}`;
export const curveTrial = (model: string, category: string): string =>
  `curve\u0000${modelCategoryKey(model, category)}`;
const halfTrial = (model: string, category: string): string =>
  `half\u0000${modelCategoryKey(model, category)}`;

function* samplesOf(rows: readonly ResolvedForecast[], members: readonly string[]): Generator<TrackedSample> {
  for (const row of rows)
    for (let m = 0; m < members.length; m += 1) {
      const p = row.p[m]!;
      if (!Number.isNaN(p))
        yield { model: members[m]!, category: row.category, p, y: row.y, weight: row.weight };
    }
}

const lossesOf = (row: ResolvedForecast, members: readonly string[]): Record<string, number> => {
  const losses: Record<string, number> = {};
  for (let m = 0; m < members.length; m += 1)
    if (!Number.isNaN(row.p[m]!)) losses[members[m]!] = logLoss(row.p[m]!, row.y);
  return losses;
};

const fitHedges = (
  rows: readonly ResolvedForecast[],
  members: readonly string[],
): Record<string, HedgeState> => {
  const states: Record<string, HedgeState> = {};
  if (members.length < 2) return states;
  for (const row of rows) {
    const losses = lossesOf(row, members);
    if (Object.keys(losses).length < 2) continue;
    const { weight } = row;
    states[row.category] = hedgeUpdate(states[row.category] ?? newHedge(members), losses, { weight });
  }
  return states;
};

const advanceTrials = (
  rows: readonly ResolvedForecast[],
  members: readonly string[],
  threshold: number,
): Record<string, Trial> => {
  const gains: Record<string, Gain[]> = {};
  const advance = (key: string, row: ResolvedForecast, atRest: number, candidate: number): void => {
    const { cluster, weight, y, span = null } = row;
    gains[key] ??= [];
    gains[key].push({ cluster, weight, span, ...gainOf(atRest, candidate, y) });
  };
  for (const row of rows) {
    const shadow = row.shadow;
    if (shadow === null) continue;
    if (shadow.equal !== null && shadow.weighted !== null)
      advance(weightsTrial(row.category), row, shadow.equal, shadow.weighted);
    for (const [m, p] of row.p.entries()) {
      const calibrated = shadow.calibrated[m] ?? Number.NaN;
      if (Number.isNaN(p) || Number.isNaN(calibrated)) continue;
      const key = p === 0.5 ? halfTrial(members[m]!, row.category) : curveTrial(members[m]!, row.category);
      advance(key, row, p, calibrated);
    }
  }
  return Object.fromEntries(Object.entries(gains).map(([key, rows]) => [key, trialOf(rows, threshold)]));
};

/** However many decisions, strikes or days turn on one outcome, what is learnt from them weighs as one. */
const oncePerOutcome = (rows: readonly ResolvedForecast[]): readonly ResolvedForecast[] => {
  const counts = countBy(rows, ({ cluster }) => cluster);
  return rows.map((row) => {
    const weight = Math.min(row.weight, 1 / counts.get(row.cluster)!);
    return weight === row.weight ? row : { ...row, weight };
  });
};

/**
 * The record after these rows, which must be resolved before the moment of use and ordered by resolution, ties
 * by row id (the order matters to exponential weights and evidence). Weights forget what a member said before it
 * drifted last; calibrators, shrunk as they are, follow by themselves. Deterministic.
 */
export const fitRecord = (resolved: readonly ResolvedForecast[], options: RecordOptions): TrackRecord => {
  const rows = oncePerOutcome(resolved);
  const evidenceThreshold = options.evidenceThreshold ?? SWITCH_E_VALUE;
  const drifts = options.members.map((_, m) => memberDrift(rows, m));
  const weighting = options.weighting ?? 'exponential';
  const held = withoutDrifted(rows, drifts);
  return {
    outcomes: rows.length,
    drifts,
    members: options.members,
    ...(weighting === 'exponential'
      ? { hedge: fitHedges(held, options.members) }
      : { hedge: {}, fittedWeights: fitWeights(weighting, held, options.members) }),
    calibration: fitHierarchy(samplesOf(rows, options.members), {
      ...DEFAULT_HIERARCHY,
      ...(options.calibrator === undefined ? {} : { kind: options.calibrator }),
    }),
    trials: advanceTrials(rows, options.members, evidenceThreshold),
    evidenceThreshold,
  };
};

const atWork = (record: TrackRecord, key: string): boolean =>
  record.evidenceThreshold <= 0 || (record.trials[key]?.atWork ?? false);

/** Learnt weights of a category whether at work or not; null without outcomes. */
export const learntWeights = (record: TrackRecord, category: string): Weights | null => {
  const fitted = record.fittedWeights?.[category];
  if (fitted !== undefined) return fitted;
  const state = record.hedge[category];
  return state === undefined ? null : hedgeWeights(state);
};

/** Weights to decide with: the learnt ones where the evidence lets them work, else null (equal). */
export const weightsAtWork = (record: TrackRecord, category: string): Weights | null =>
  atWork(record, weightsTrial(category)) ? learntWeights(record, category) : null;

/** A member's p through its learnt calibrator, at work or not; null without outcomes. */
export const learntCalibration = (
  record: TrackRecord,
  model: string,
  category: string,
  p: number,
): number | null => {
  const fit = record.calibration.byModel[modelCategoryKey(model, category)];
  if (fit === undefined) return null;
  if (p === 0.5) return fit.half;
  return fit.isotonic === undefined ? applyPlatt(fit.platt, p) : applyIsotonic(fit.isotonic, p);
};

/** Calibrators to decide with, and what exact halves stand for: identity where neither has earned its place. */
export const calibratorsAtWork = (
  record: TrackRecord,
  category: string,
): Readonly<Record<string, Calibrator>> =>
  Object.fromEntries(
    record.members.flatMap((model) => {
      const fit = record.calibration.byModel[modelCategoryKey(model, category)];
      if (fit === undefined) return [];
      const curve = atWork(record, curveTrial(model, category));
      const half = atWork(record, halfTrial(model, category)) ? { half: fit.half } : {};
      if (!curve) return 'half' in half ? [[model, { ...NO_CALIBRATOR, ...half }] as const] : [];
      const reliability = 0.5 + (0.5 * fit.outcomes) / (fit.outcomes + MIN_UNSHRUNK_OUTCOMES);
      const form =
        fit.isotonic === undefined
          ? ({ kind: 'platt', a: fit.platt.a, b: fit.platt.b } as const)
          : ({ kind: 'isotonic', ...fit.isotonic } as const);
      return [[model, { ...form, reliability, ...half }] as const];
    }),
  );
