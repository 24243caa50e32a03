// Turns resolved live decisions into the rows that `fitRecord` learns from, and one plan's share of a record
// back into predictions: the same functions as the backtest, so that both give the same numbers.

import type { Weights } from '../ensemble/weights';
import type { ResolutionRule } from '../market/proposition';
import type { IsoInstant } from '../world';
import type { ModelCalibration } from './calibrator-fit';
import { modelCategoryKey } from './calibrator-fit';
import { countBy } from './group-in-order';
import {
  fitRecord,
  type RecordOptions,
  type ResolvedForecast,
  type ShadowPredictions,
  type TrackRecord,
} from './record';
import { recordCluster, spanOf } from './record-cluster';
import { countAnswers, type GivenAnswer, shadowPredictions } from './recorded-decision';

/** Predictions made in the shadow of a decision, by model; plain JSON for its row. */
export interface StoredShadow {
  readonly equal: number | null;
  readonly weighted: number | null;
  readonly calibrated: Readonly<Record<string, number>>;
}

export interface ResolvedLiveDecision {
  readonly propositionId: string;
  readonly decisionId: string;
  readonly subject: string;
  readonly asOf: IsoInstant;
  readonly category: string;
  readonly rule: ResolutionRule['type'];
  readonly madeAt: IsoInstant;
  readonly yes: boolean;
  readonly resolvedAt: IsoInstant;
  readonly track: StoredShadow | null;
  readonly answers: readonly { readonly model: string; readonly version: string; readonly p: number }[];
}

export interface LiveRecordOptions extends Omit<RecordOptions, 'members'> {
  /** The version that answers now, by model: answers of an older one no longer count (requirement C8). */
  readonly versions: Readonly<Record<string, string>>;
}

const byText = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);

/** By resolution; ties by proposition, then decision, as the backtest orders by row id. */
const byResolution = (x: ResolvedLiveDecision, y: ResolvedLiveDecision): number =>
  byText(x.resolvedAt, y.resolvedAt) ||
  byText(x.propositionId, y.propositionId) ||
  byText(x.decisionId, y.decisionId);

/** Rows of one question: all horizons, and all decisions, about one subject from one instant. */
const question = (row: ResolvedLiveDecision): string => `${row.subject}|${row.asOf}`;

const shadowOf = (track: StoredShadow | null, members: readonly string[]): ShadowPredictions | null =>
  track && {
    equal: track.equal,
    weighted: track.weighted,
    calibrated: members.map((model) => track.calibrated[model] ?? Number.NaN),
  };

/** Everything learnt from these decisions, in time order whatever order they come in. */
export const fitLiveRecord = (
  decisions: readonly ResolvedLiveDecision[],
  { versions, ...options }: LiveRecordOptions,
): TrackRecord => {
  const members = Object.keys(versions).sort(byText);
  const counts = countBy(decisions, question);
  const rows = [...decisions].sort(byResolution).map((row): ResolvedForecast => {
    const given = new Map(row.answers.map((answer) => [answer.model, answer]));
    const counted = (model: string): number => {
      const answer = given.get(model);
      return answer !== undefined && answer.version === versions[model] ? answer.p : Number.NaN;
    };
    return {
      rowId: row.propositionId,
      category: row.category,
      cluster: recordCluster(row),
      span: spanOf(row),
      y: row.yes ? 1 : 0,
      weight: 1 / counts.get(question(row))!,
      p: members.map(counted),
      shadow: shadowOf(row.track, members),
    };
  });
  return fitRecord(rows, { ...options, members });
};

/** What a plan carries of the record: learnt weights and calibrators of its members, at work or not. */
export interface LearntShare {
  readonly weights: Weights | null;
  readonly calibrations: Readonly<Record<string, ModelCalibration>>;
}

/** The share of a category's members, small enough to travel with the plan. */
export const learntShare = (
  record: TrackRecord,
  learnt: Weights | null,
  category: string,
  models: readonly string[],
): LearntShare => ({
  weights:
    learnt &&
    Object.fromEntries(models.flatMap((model) => (model in learnt ? [[model, learnt[model]!]] : []))),
  calibrations: Object.fromEntries(
    models.flatMap((model) => {
      const fit = record.calibration.byModel[modelCategoryKey(model, category)];
      return fit === undefined ? [] : [[model, fit]];
    }),
  ),
});

/** The record that holds nothing but a plan's share. */
const recordOf = (share: LearntShare, category: string): TrackRecord => ({
  outcomes: 0,
  members: Object.keys(share.calibrations),
  hedge: {},
  calibration: {
    global: { a: 1, b: 0 },
    byCategory: {},
    byModel: Object.fromEntries(
      Object.entries(share.calibrations).map(([model, fit]) => [modelCategoryKey(model, category), fit]),
    ),
  },
  trials: {},
  evidenceThreshold: 0,
  drifts: [],
});

/** What equal and learnt weights and the learnt calibrators say of a decision's answers; null below quorum. */
export const shadowOfDecision = (
  given: readonly GivenAnswer[],
  share: LearntShare,
  category: string,
): StoredShadow | null => {
  const answers = countAnswers(given, true);
  if (answers === null) return null;
  const shadow = shadowPredictions(given, answers, {
    screening: true,
    category,
    record: recordOf(share, category),
    weights: null,
    learnt: share.weights,
    calibrators: {},
  });
  const calibrated = given.flatMap(({ model }, index) => {
    const p = shadow.calibrated[index]!;
    return Number.isNaN(p) ? [] : [[model, p] as const];
  });
  return { equal: shadow.equal, weighted: shadow.weighted, calibrated: Object.fromEntries(calibrated) };
};
