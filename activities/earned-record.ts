// The record that decisions are made with: fitted from everything resolved by then, once per change of it, and
// written as dated versions. The next decision after an outcome reads it; nothing waits for a schedule.
import type { LearntCalibrator, LearntWeights, WrittenVersions } from '../db/record-versions';
import type { Stores } from '../db/stores';
import type { RecordMark } from '../db/track-store';
import { modelCategoryKey } from '../domain/track/calibrator-fit';
import { directionEValue } from '../domain/track/direction-evidence';
import { eValue, type Trial } from '../domain/track/evidence';
import { fitLiveRecord } from '../domain/track/live-record';
import {
  calibratorsAtWork,
  curveTrial,
  learntWeights,
  type TrackRecord,
  weightsAtWork,
  weightsTrial,
} from '../domain/track/record';
import { fitSizingWeights, judgedFromEntry, type LearntSizingWeight } from '../domain/track/sizing-weight';
import type { IsoInstant, WorldId } from '../domain/world';
import { createSettingsInForce } from './settings-in-force';

/** Setting: the e-value that puts learnt weights and calibrators to work, or takes them back; 0 asks for none. */
const EVIDENCE_SETTING = 'track.evidence_threshold';

/** A learnt weight with the id of its dated version. */
export interface SizingWeight {
  readonly weight: number;
  readonly version: string;
}

export interface EarnedRecord {
  readonly record: TrackRecord;
  /** The version of each model the record is about. */
  readonly modelVersions: Readonly<Record<string, string>>;
  /** The latest resolution it has seen; null before any. */
  readonly trainedThrough: IsoInstant | null;
  /** Ids of the dated versions, by category, and by model and category. */
  readonly weightVersions: ReadonlyMap<string, string>;
  readonly calibratorVersions: ReadonlyMap<string, string>;
  readonly newVersions: number;
  /** Of the members against the price, by category: those that the evidence lets work. */
  readonly sizingWeights: ReadonlyMap<string, SizingWeight>;
  /** Of the desk's directions of shares against the base rate; null without outcomes. */
  readonly directionEValue: number | null;
  /** Resolved outcomes behind it. */
  readonly directionOutcomes: number;
}

/** Records in memory: one per world in use, and one per instant of a replay that looks back. */
const KEPT_RECORDS = 16;

const trialEvidence = (trial: Trial | undefined, threshold: number): Readonly<Record<string, unknown>> => ({
  threshold,
  outcomes: trial?.evidence.n ?? 0,
  eValue: trial === undefined ? 1 : eValue(trial.evidence),
  against: trial?.atWork ?? false,
});

const evidenceOf = (record: TrackRecord, key: string): Readonly<Record<string, unknown>> => {
  return trialEvidence(record.trials[key], record.evidenceThreshold);
};

const learntWeightsOf = (record: TrackRecord): readonly LearntWeights[] =>
  Object.entries(record.hedge).map(([marketCategory, state]) => ({
    marketCategory,
    body: learntWeights(record, marketCategory) ?? {},
    n: state.outcomes,
    evidence: evidenceOf(record, weightsTrial(marketCategory)),
    atWork: weightsAtWork(record, marketCategory) !== null,
  }));

const learntCalibratorsOf = (record: TrackRecord): readonly LearntCalibrator[] =>
  Object.entries(record.calibration.byModel).map(([key, fit]) => {
    const [model, marketCategory] = key.split('\u0000') as [string, string];
    return {
      model,
      marketCategory,
      body: {
        kind: 'platt',
        slope: fit.platt.a,
        intercept: fit.platt.b,
        half: fit.half,
        halves: fit.halfCount,
      },
      n: fit.n,
      evidence: evidenceOf(record, curveTrial(model, marketCategory)),
      atWork: model in calibratorsAtWork(record, marketCategory),
    };
  });

const learntSizingWeightsOf = (
  learnt: Readonly<Record<string, LearntSizingWeight>>,
  threshold: number,
): readonly LearntWeights[] =>
  Object.entries(learnt).map(([marketCategory, { weight, n, trial }]) => ({
    ...{ marketCategory, body: { weight }, n, atWork: trial.atWork },
    evidence: trialEvidence(trial, threshold),
  }));

/** The weights at work, with the ids of their versions. */
const sizingWeightsOf = (
  learnt: Readonly<Record<string, LearntSizingWeight>>,
  versions: ReadonlyMap<string, string>,
): EarnedRecord['sizingWeights'] =>
  new Map(
    Object.entries(learnt).flatMap(([category, { weight, trial }]) =>
      trial.atWork ? [[category, { weight, version: versions.get(category)! }] as const] : [],
    ),
  );

const versionsOf = (written: WrittenVersions) => ({
  weightVersions: new Map(written.weights.map(({ marketCategory, id }) => [marketCategory, id])),
  calibratorVersions: new Map(
    written.calibrators.map(({ model, marketCategory, id }) => [modelCategoryKey(model, marketCategory), id]),
  ),
  sizingVersions: new Map(written.sizingWeights.map(({ marketCategory, id }) => [marketCategory, id])),
  newVersions: written.added,
});

/** A record that looks back from before the latest outcome is no new version: its ids say so. */
const unwritten = (
  world: WorldId,
  record: TrackRecord,
  sizing: Readonly<Record<string, LearntSizingWeight>>,
  through: IsoInstant,
) => ({
  sizingVersions: new Map(
    Object.keys(sizing).map((category) => [category, `${world}/${category}@as-of ${through}`]),
  ),
  weightVersions: new Map(
    Object.keys(record.hedge).map((category) => [category, `${world}/${category}@as-of ${through}`]),
  ),
  calibratorVersions: new Map(
    Object.keys(record.calibration.byModel).map((key) => [
      key,
      `${world}/${key.replace('\u0000', '/')}@as-of ${through}`,
    ]),
  ),
  newVersions: 0,
});

export const createEarnedRecord = (stores: Stores) => {
  const known = new Map<string, Promise<EarnedRecord>>();
  const settings = createSettingsInForce(stores);

  const keep = (key: string, fitting: Promise<EarnedRecord>): void => {
    known.set(key, fitting);
    fitting.catch(() => known.delete(key));
    for (const oldest of known.keys()) if (known.size > KEPT_RECORDS) known.delete(oldest);
  };

  /** A world's own threshold goes before the one for all. */
  const evidenceThreshold = async (world: WorldId): Promise<number> =>
    (await settings.value(EVIDENCE_SETTING, world)) as number;

  const fitAt = async (
    world: WorldId,
    through: IsoInstant,
    threshold: number,
    mark: RecordMark,
  ): Promise<EarnedRecord> => {
    const [decisions, modelVersions, directions] = await Promise.all([
      stores.track.resolvedDecisions(world, through),
      stores.track.latestVersions(world, through),
      stores.track.directionOutcomes(world, through),
    ]);
    const record = fitLiveRecord(decisions, { versions: modelVersions, evidenceThreshold: threshold });
    const sizing = fitSizingWeights(decisions.flatMap(judgedFromEntry), threshold);
    const last = decisions.reduce<string | null>(
      (latest, { resolvedAt }) => (latest === null || resolvedAt > latest ? resolvedAt : latest),
      null,
    );
    const whole = mark.lastResolvedAt === null || mark.lastResolvedAt <= through;
    const { sizingVersions, ...versions } =
      whole && last !== null
        ? versionsOf(
            await stores.track.putVersions(world, {
              trainedThrough: last,
              weights: learntWeightsOf(record),
              calibrators: learntCalibratorsOf(record),
              sizingWeights: learntSizingWeightsOf(sizing, threshold),
            }),
          )
        : unwritten(world, record, sizing, through);
    return {
      record,
      modelVersions,
      trainedThrough: last,
      sizingWeights: sizingWeightsOf(sizing, sizingVersions),
      directionEValue: directionEValue(directions),
      directionOutcomes: directions.length,
      ...versions,
    };
  };

  /**
   * The record of a world as it was known at an instant; fitted at most once per change of its outcomes.
   * @throws ApplicationFailure BadInput for an evidence threshold that is not a number of at least 0
   */
  const at = async (world: WorldId, now: IsoInstant): Promise<EarnedRecord> => {
    const [mark, threshold] = await Promise.all([stores.track.mark(world), evidenceThreshold(world)]);
    const whole = mark.lastResolvedAt === null || mark.lastResolvedAt <= now;
    const key = [world, mark.revisions, threshold, whole ? 'whole' : now].join('|');
    const found = known.get(key);
    if (found) return found;
    const fitting = fitAt(world, now, threshold, mark);
    keep(key, fitting);
    return fitting;
  };
  return { at };
};
