// What the record earns a decision before anyone is asked: weights, calibrators and their versions for the
// members, and who is left out because it looks broken.
import { modelCategoryKey } from '../domain/track/calibrator-fit';
import { type LearntShare, learntShare } from '../domain/track/live-record';
import { calibratorsAtWork, learntWeights, weightsAtWork } from '../domain/track/record';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Candidate } from '../workflows/contracts/calls';
import type { CandidateNote, ChoiceBasis, PlannedMember } from '../workflows/contracts/decision';
import type { EarnedPlan } from '../workflows/contracts/outcomes';
import type { Dependencies } from './dependencies';
import { createEarnedRecord, type EarnedRecord, type SizingWeight } from './earned-record';
import { createScreens, withoutScreened } from './member-screening';

export interface Chosen {
  readonly members: readonly PlannedMember[];
  readonly substitutes: readonly Candidate[];
  readonly notes: readonly CandidateNote[];
  /** Asked for the record only, without a vote. */
  readonly shadow: readonly PlannedMember[];
  /** What the choice was drawn with and for; null where members were named. */
  readonly choice: ChoiceBasis | null;
  /** Said in the decision's degradations. */
  readonly remarks: readonly string[];
}

export interface EarnedChoice extends Chosen {
  readonly weightsVersion: string | null;
  readonly earned: EarnedPlan | null;
  /** Of the members against the price; null: none has earned its place. */
  readonly sizingWeight: SizingWeight | null;
  /** Evidence that the desk's directions of shares beat the base rate; null: no outcome yet. */
  readonly directionEValue: number | null;
  /** Resolved outcomes behind it. */
  readonly directionOutcomes: number;
}

export interface EarnedQuestion {
  readonly decisionId: string;
  readonly world: WorldId;
  readonly category: string;
  readonly now: IsoInstant;
}

/** Nobody is asked, nothing is earned. */
export const NO_CHOICE: EarnedChoice = {
  members: [],
  substitutes: [],
  notes: [],
  shadow: [],
  choice: null,
  weightsVersion: null,
  earned: null,
  sizingWeight: null,
  directionEValue: null,
  directionOutcomes: 0,
  remarks: [],
};

/** Outcomes after which a drift is no news any more. */
const DRIFT_SAID_OUTCOMES = 50;

/** A model that answers as another version than the record knows starts from the prior. */
const knownModels = (
  earned: EarnedRecord,
  models: readonly string[],
  answeringNow: Readonly<Record<string, string>>,
): readonly string[] =>
  models.filter(
    (model) => (answeringNow[model] ?? earned.modelVersions[model]) === earned.modelVersions[model],
  );

/** Said while the record since a drift is short. */
const driftRemark = ({ record }: EarnedRecord, model: string): string | null => {
  const drift = record.drifts[record.members.indexOf(model)];
  return drift && drift.resets > 0 && drift.state.n < DRIFT_SAID_OUTCOMES
    ? `${model} has drifted: its weight started anew ${drift.state.n} outcomes ago`
    : null;
};

export const createEarnedPlan = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const records = createEarnedRecord(stores);
  const screens = createScreens(stores);

  const toEarned = (
    member: PlannedMember,
    earned: EarnedRecord,
    category: string,
    known: ReadonlySet<string>,
    weights: Readonly<Record<string, number>> | null,
  ): PlannedMember => {
    const calibrator = known.has(member.model)
      ? (calibratorsAtWork(earned.record, category)[member.model] ?? null)
      : null;
    return {
      ...member,
      weight: weights?.[member.model] ?? null,
      calibrator,
      calibratorVersion:
        calibrator && (earned.calibratorVersions.get(modelCategoryKey(member.model, category)) ?? 'unknown'),
    };
  };

  /** Weights of all members: those without a record stand at the mean of the others. */
  const weightsOf = (
    atWork: Readonly<Record<string, number>> | null,
    models: readonly string[],
    known: ReadonlySet<string>,
  ): Readonly<Record<string, number>> | null => {
    const learnt = models.flatMap((model) => {
      const weight = known.has(model) ? atWork?.[model] : undefined;
      return weight === undefined ? [] : [[model, weight] as const];
    });
    if (learnt.length === 0) return null;
    const mean = learnt.reduce((sum, [, weight]) => sum + weight, 0) / learnt.length;
    const given = new Map(learnt);
    return Object.fromEntries(models.map((model) => [model, given.get(model) ?? mean]));
  };

  const shareOf = (earned: EarnedRecord, category: string, known: readonly string[]): LearntShare =>
    learntShare(earned.record, learntWeights(earned.record, category), category, known);

  /** Fills a choice of members with what they have earned in the question's category by its instant. */
  const apply = async (chosen: Chosen, question: EarnedQuestion): Promise<EarnedChoice> => {
    const { category } = question;
    const models = [...chosen.members, ...chosen.substitutes].map(({ model }) => model);
    const [earned, { reasons, answeringNow }] = await Promise.all([
      records.at(question.world, question.now),
      screens.of(models, question),
    ]);
    const screened = withoutScreened(chosen, reasons, question.decisionId);
    const knownNames = knownModels(earned, models, answeringNow);
    const known = new Set(knownNames);
    const weights = weightsOf(
      weightsAtWork(earned.record, category),
      screened.members.map(({ model }) => model),
      known,
    );
    const left = chosen.members.filter((member) => !screened.members.includes(member));
    return {
      members: screened.members.map((member) => toEarned(member, earned, category, known, weights)),
      substitutes: screened.substitutes,
      notes: screened.notes,
      weightsVersion: weights && (earned.weightVersions.get(category) ?? null),
      earned: {
        learnt: shareOf(earned, category, knownNames),
        probation: [...chosen.shadow, ...screened.probation],
      },
      sizingWeight: earned.sizingWeights.get(category) ?? null,
      directionEValue: earned.directionEValue,
      directionOutcomes: earned.directionOutcomes,
      shadow: chosen.shadow,
      choice: chosen.choice,
      remarks: [
        ...chosen.remarks,
        ...left.map(({ model }) => `${model} is ${reasons[model]}`),
        ...screened.members.flatMap(({ model }) => driftRemark(earned, model) ?? []),
      ],
    };
  };
  return { apply };
};
