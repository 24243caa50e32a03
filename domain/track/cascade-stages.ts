// The two stages of a recorded cascade, question by question: what the cheap members say, what the full
// ensemble says, what each costs, and which questions the budget sends on. Outcomes are looked at only where
// a training row has resolved.
import { maxUncertainty, uncertainty } from '../ensemble/disagreement';
import { extremizedLogOddsPool } from '../ensemble/pool';
import { pullToPrice } from '../ensemble/sizing';
import type { BacktestRow } from './backtest-table';
import { addPricedAnswer, bestPriceWeight, NO_LOSSES } from './price-weight';

/**
 * Weight of price-aware cheap members against the price they have seen. One half was the best of 0, .1 .. 1 on
 * the price-aware rounds due before 2025-08-03 (docs/decisions/2026-11-20-choices-on-earlier-rounds.md).
 */
export const CHEAP_MODEL_WEIGHT = 0.5;
/** Spread of that weight a priori, so that a few dozen outcomes move it little. */
const CHEAP_MODEL_WEIGHT_SD = 0.25;

export interface Stages {
  /** Member indices. */
  readonly cheap: readonly number[];
  readonly full: readonly number[];
  /** All cheap members have seen the price, so that it may speak in the cheap answer. */
  readonly priceAware: boolean;
  /** Weight of the cheap members against the price, in [0, 1]. */
  readonly modelWeight: number;
  /** Mean cost per member as known before the round, for questions whose cost was not recorded. */
  readonly meanCost: readonly number[];
  /** Silent halves count as absent. */
  readonly screening: boolean;
}

/** A question with both stages answered on each of its rows. */
export interface StagedQuestion {
  readonly rows: readonly BacktestRow[];
  readonly cheap: readonly number[];
  readonly full: readonly number[];
  /** u of the cheap answer, the largest over the question's rows (requirement B6). */
  readonly uncertainty: number;
  readonly cheapCost: number;
  readonly fullCost: number;
}

const answersOf = (row: BacktestRow, members: readonly number[], screening: boolean): number[] =>
  members.filter((m) => !Number.isNaN(row.p[m]!) && !(screening && row.silent[m])).map((m) => row.p[m]!);

const atPrice = (p: number, row: BacktestRow, stages: Stages): number =>
  stages.priceAware && row.marketPrice !== null ? pullToPrice(p, row.marketPrice, stages.modelWeight) : p;

interface CheapAnswer {
  readonly p: number;
  readonly uncertainty: number;
}

/** The cheap pool, pulled to the price where its members saw one; null without answers. */
const cheapAnswer = (row: BacktestRow, stages: Stages): CheapAnswer | null => {
  const answers = answersOf(row, stages.cheap, stages.screening);
  if (answers.length === 0) return null;
  const p = atPrice(extremizedLogOddsPool(answers), row, stages);
  return { p, uncertainty: uncertainty(p, answers) };
};

const fullAnswer = (row: BacktestRow, stages: Stages): number | null => {
  const answers = answersOf(row, stages.full, stages.screening);
  return answers.length === 0 ? null : extremizedLogOddsPool(answers);
};

const costOf = (row: BacktestRow, members: readonly number[], stages: Stages): number =>
  members.reduce((sum, m) => {
    if (Number.isNaN(row.p[m]!)) return sum;
    return sum + (Number.isNaN(row.costUsd[m]!) ? stages.meanCost[m]! : row.costUsd[m]!);
  }, 0);

/** Both stages of one question's rows; null where a row lacks one. */
export const stagedQuestion = (rows: readonly BacktestRow[], stages: Stages): StagedQuestion | null => {
  const cheap = rows.map((row) => cheapAnswer(row, stages));
  const full = rows.map((row) => fullAnswer(row, stages));
  if (cheap.includes(null) || full.includes(null)) return null;
  const extra = stages.full.filter((m) => !stages.cheap.includes(m));
  const cheapCost = costOf(rows[0]!, stages.cheap, stages);
  return {
    rows,
    cheap: cheap.map((answer) => answer!.p),
    full: full as number[],
    uncertainty: maxUncertainty(cheap.map((answer) => answer!.uncertainty)),
    cheapCost,
    fullCost: cheapCost + costOf(rows[0]!, extra, stages),
  };
};

/**
 * Weight of the cheap members against the price, by maximum a posteriori on resolved rows: log loss plus a
 * normal prior around one half. One half without priced rows.
 */
export const fitModelWeight = (training: readonly BacktestRow[], stages: Stages): number => {
  let losses = NO_LOSSES;
  for (const row of stages.priceAware ? training : []) {
    const answers = answersOf(row, stages.cheap, stages.screening);
    if (row.marketPrice === null || answers.length === 0) continue;
    losses = addPricedAnswer(losses, { p: extremizedLogOddsPool(answers), price: row.marketPrice, y: row.y });
  }
  return bestPriceWeight(losses, { mean: CHEAP_MODEL_WEIGHT, deviation: CHEAP_MODEL_WEIGHT_SD });
};

export interface Escalated<Q> {
  readonly chosen: ReadonlySet<Q>;
  /** Smallest u that was sent on; null when none was. */
  readonly threshold: number | null;
}

type Priced = Pick<StagedQuestion, 'uncertainty' | 'cheapCost' | 'fullCost'>;

/**
 * The questions of one round that go to the full ensemble: most uncertain first, whatever their class, while
 * `costShare` of the full ensemble's cost pays. Answers and costs decide, never outcomes.
 */
export const escalateWithin = <Q extends Priced>(
  questions: readonly Q[],
  costShare: number,
): Escalated<Q> => {
  const total = questions.reduce((sum, question) => sum + question.fullCost, 0);
  let left = costShare * total - questions.reduce((sum, question) => sum + question.cheapCost, 0);
  const chosen = new Set<Q>();
  let threshold: number | null = null;
  const order = [...questions].sort((x, y) => y.uncertainty - x.uncertainty);
  for (const question of order) {
    const extra = question.fullCost - question.cheapCost;
    if (extra > left && costShare < 1) continue;
    left -= extra;
    chosen.add(question);
    threshold = question.uncertainty;
  }
  return { chosen, threshold };
};
