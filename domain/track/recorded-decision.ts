// One decision from answers and record: who counts, under which weights and calibrators, by which strategy.
// Used for live decisions, their shadow scores, replays and backtests alike.
import type { Calibrator } from '../ensemble/calibrator';
import { nearestAnswer } from '../ensemble/nearest-answer';
import { type PoolName, poolBy } from '../ensemble/pool';
import type { MemberAnswer } from '../ensemble/quorum';
import { defaultQuorum } from '../ensemble/quorum';
import type { CascadeInput, StrategyInput, StrategyName, StrategyThresholds } from '../ensemble/strategy';
import { equalShares, tally } from '../ensemble/tally';
import { type Weights, weightsOfPresent } from '../ensemble/weights';
import {
  calibratorsAtWork,
  learntCalibration,
  learntWeights,
  type ShadowPredictions,
  type TrackRecord,
  weightsAtWork,
} from './record';

export interface GivenAnswer {
  readonly model: string;
  /** Null: no answer. */
  readonly p: number | null;
  /** A failed run stored as one half. */
  readonly silent: boolean;
  /** Screened out at present. */
  readonly flagged: boolean;
}

export interface DecisionSettings {
  readonly screening: boolean;
  readonly cascade?: CascadeInput;
  readonly thresholds?: Partial<StrategyThresholds>;
  readonly pool?: PoolName;
}

/** What holds for all decisions of one category under one record. */
export interface DecisionContext extends DecisionSettings {
  readonly category: string;
  readonly record: TrackRecord;
  readonly weights: Weights | null;
  readonly learnt: Weights | null;
  readonly calibrators: Readonly<Record<string, Calibrator>>;
}

/** Looks up once what the record lets work in this category. */
export const decisionContext = (
  record: TrackRecord,
  category: string,
  settings: DecisionSettings,
): DecisionContext => ({
  ...settings,
  category,
  record,
  weights: weightsAtWork(record, category),
  learnt: learntWeights(record, category),
  calibrators: calibratorsAtWork(record, category),
});

/** Answers that count. `unscreened`: too few were left after screening, so all are taken. */
export interface CountedAnswers {
  readonly answers: readonly MemberAnswer[];
  readonly valid: readonly { readonly model: string; readonly p: number }[];
  readonly unscreened: boolean;
}

const toAnswer = (answer: GivenAnswer): MemberAnswer =>
  answer.p === null
    ? { model: answer.model, status: 'failed', failure: 'no_data' }
    : { model: answer.model, status: 'answered', probability: answer.p };

const counted = (given: readonly GivenAnswer[], unscreened: boolean): CountedAnswers => ({
  answers: given.map(toAnswer),
  valid: given.flatMap(({ model, p }) => (p === null ? [] : [{ model, p }])),
  unscreened,
});

/** Flagged members are not asked; silent halves are failures. Null below quorum even unscreened. */
export const countAnswers = (given: readonly GivenAnswer[], screening: boolean): CountedAnswers | null => {
  const all = counted(given, screening);
  if (all.valid.length < defaultQuorum(given.length)) return null;
  if (!screening) return all;
  const kept = given
    .filter((answer) => !answer.flagged)
    .map((answer) => (answer.silent ? { ...answer, p: null } : answer));
  const screened = counted(kept, false);
  return screened.valid.length >= defaultQuorum(kept.length) ? screened : all;
};

const strategyInput = (answers: CountedAnswers, context: DecisionContext): StrategyInput => ({
  answers: answers.answers,
  weights: context.weights,
  calibrators: context.calibrators,
  ...(context.thresholds === undefined ? {} : { thresholds: context.thresholds }),
  ...(context.pool === undefined ? {} : { pool: context.pool }),
  ...(context.cascade === undefined ? {} : { cascade: context.cascade }),
});

export interface RecordedDecision {
  readonly p: number;
  /** The strategy gave no answer of its own; p is its most confident member's, or the weighted vote. */
  readonly abstained: boolean;
}

/** Each strategy's probability; where one abstains, the nearest answer that exists, and said so. */
export const decideRecordedBy = (
  strategies: readonly StrategyName[],
  answers: CountedAnswers,
  context: DecisionContext,
): readonly RecordedDecision[] => {
  const input = strategyInput(answers, context);
  const counted = tally(input);
  return strategies.map((strategy) => {
    const { p, decided } = nearestAnswer(strategy, input, counted);
    return { p: p!, abstained: !decided };
  });
};

const pooled = (
  answers: CountedAnswers,
  weights: Readonly<Record<string, number>> | null,
  pool?: PoolName,
): number => {
  const ps = answers.valid.map((answer) => answer.p);
  if (weights === null) return poolBy(pool, ps, { weights: equalShares(ps.length) });
  const models = answers.valid.map((answer) => answer.model);
  const present = weightsOfPresent(weights, models);
  return poolBy(pool, ps, { weights: models.map((model) => present[model]!) });
};

/** What candidates would have said, to be kept with the forecast until its outcome is known. */
export const shadowPredictions = (
  given: readonly GivenAnswer[],
  answers: CountedAnswers,
  context: DecisionContext,
): ShadowPredictions => {
  const learnt = context.learnt;
  const two = answers.valid.length > 1 && learnt !== null;
  return {
    equal: two ? pooled(answers, null, context.pool) : null,
    weighted: two ? pooled(answers, learnt, context.pool) : null,
    calibrated: given.map(({ model, p }) =>
      p === null ? Number.NaN : (learntCalibration(context.record, model, context.category, p) ?? Number.NaN),
    ),
  };
};
