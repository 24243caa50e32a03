// What a backtest had learnt by its last round, and how, so that a report says which rules it scored and where a
// curve that was asked for had too few outcomes.
import { effectiveMembers } from '../ensemble/disagreement';
import { logOddsPool } from '../ensemble/pool';
import type { Weights } from '../ensemble/weights';
import type { BacktestRow } from './backtest-table';
import type { WalkedRound } from './backtest-walk';
import type { CalibratorKind } from './calibrator-fit';
import { errorCorrelation } from './error-correlation';
import { groupInOrder } from './group-in-order';
import { MIN_ISOTONIC_OUTCOMES } from './isotonic';
import { fitSlope } from './platt';
import { learntWeights } from './record';
import type { Weighting } from './weighting';

/** A curve fitted by Platt, because outcomes were too few for the isotonic one asked for. */
export interface PlattInstead {
  readonly member: string;
  readonly category: string;
  /** Whole ones: rows of one question together are one. */
  readonly outcomes: number;
  readonly needed: number;
}

/** What the training rows of one class say of the pool itself. */
export interface PoolLesson {
  /** Correlation of members' errors; null with too few rows. */
  readonly errorCorrelation: number | null;
  /** Independent members that these are worth. */
  readonly effectiveMembers: number | null;
  /** Extremizing slope of the log-odds mean that fits best around its prior of 1.25. */
  readonly slope: number;
}

export interface LearningReport {
  readonly weights: Weighting;
  readonly calibrator: CalibratorKind;
  /** By class, at work or not; none before any outcome. */
  readonly learntWeights: Readonly<Record<string, Weights>>;
  readonly plattInstead: readonly PlattInstead[];
  readonly pool: Readonly<Record<string, PoolLesson>>;
}

const plattInstead = ({ record }: WalkedRound): readonly PlattInstead[] =>
  Object.entries(record.calibration.byModel).flatMap(([key, { outcomes, isotonic }]) => {
    const [member, category] = key.split('\u0000') as [string, string];
    const few = { member, category, outcomes: Math.floor(outcomes), needed: MIN_ISOTONIC_OUTCOMES };
    return isotonic === undefined ? [few] : [];
  });

const poolLesson = (rows: readonly BacktestRow[], members: number): PoolLesson => {
  const correlation = errorCorrelation(rows, members);
  const given = rows.map(({ p, y }) => ({ p: logOddsPool(p.filter((each) => !Number.isNaN(each))), y }));
  return {
    errorCorrelation: correlation,
    effectiveMembers: correlation === null ? null : effectiveMembers(members, correlation),
    slope: fitSlope(given),
  };
};

/** Of the last round scored, whose training rows hold all earlier ones. */
export const learningReport = (
  round: WalkedRound,
  options: { readonly weighting: Weighting; readonly calibrator: CalibratorKind },
): LearningReport => {
  const { record, training } = round;
  const classes = groupInOrder(training, (row) => row.className);
  const categories = classes.map((rows) => rows[0]!.className);
  return {
    weights: options.weighting,
    calibrator: options.calibrator,
    learntWeights: Object.fromEntries(
      categories.flatMap((category) => {
        const weights = learntWeights(record, category);
        return weights === null ? [] : [[category, weights] as const];
      }),
    ),
    plattInstead: options.calibrator === 'isotonic' ? plattInstead(round) : [],
    pool: Object.fromEntries(
      classes.map((rows) => [rows[0]!.className, poolLesson(rows, record.members.length)]),
    ),
  };
};
