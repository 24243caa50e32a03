// Which members make a good cheap stage: the set with the best past Brier score per dollar, or without a past
// the two cheapest, as long as enough of the budget is left to escalate.
import { extremizedLogOddsPool } from '../ensemble/pool';
import type { BacktestRow } from './backtest-table';
import { brier } from './scoring';

/** Most of the cost budget that the cheap stage may take; the rest escalates. */
const LARGEST_BUDGET_SHARE = 0.5;
const LARGEST_SET = 2;
/** Resolved rows that every member of the full ensemble answered, below which the past does not decide. */
export const MIN_CHOICE_ROWS = 100;

export interface CheapStageInput {
  /** Member indices. */
  readonly full: readonly number[];
  /** Mean cost per question, by member. */
  readonly meanCost: readonly number[];
  /** Of the full ensemble's cost. */
  readonly costShare: number;
  /** Resolved before the stage is used. */
  readonly training: readonly BacktestRow[];
}

const costOfSet = (set: readonly number[], meanCost: readonly number[]): number =>
  set.reduce((sum, m) => sum + meanCost[m]!, 0);

/** Sets of one or two members that the cheap stage's part of the budget pays. */
const affordableSets = ({ full, meanCost, costShare }: CheapStageInput): number[][] => {
  const most = LARGEST_BUDGET_SHARE * costShare * costOfSet(full, meanCost);
  const singles = full.map((m) => [m]);
  const pairs = full.flatMap((m, i) => full.slice(i + 1).map((other) => [m, other]));
  return [...singles, ...(LARGEST_SET > 1 ? pairs : [])].filter((set) => costOfSet(set, meanCost) <= most);
};

const meanBrier = (rows: readonly BacktestRow[], set: readonly number[]): number =>
  rows.reduce((sum, row) => sum + brier(extremizedLogOddsPool(set.map((m) => row.p[m]!)), row.y), 0) /
  rows.length;

const complete = ({ full, training }: CheapStageInput): BacktestRow[] =>
  training.filter((row) => full.every((m) => !Number.isNaN(row.p[m]!)));

/**
 * Past gain per dollar: how much of a coin's Brier score (.25) a set took away, over its cost. A set that costs
 * nothing is judged by its gain alone.
 */
const gainPerDollar = (rows: readonly BacktestRow[], set: readonly number[], cost: number): number => {
  const gain = 0.25 - meanBrier(rows, set);
  return cost > 0 ? gain / cost : gain * Number.MAX_SAFE_INTEGER;
};

const smallest = <T>(items: readonly T[], value: (item: T) => number): T =>
  items.reduce((best, item) => (value(item) < value(best) ? item : best));

/**
 * The cheap stage for the rows to come. With enough resolved rows: the largest affordable sets, the best past
 * gain per dollar among them; else the cheapest of them. The cheapest single member when none is affordable.
 */
export const chooseCheapStage = (input: CheapStageInput): readonly number[] => {
  const { full, meanCost } = input;
  const sets = affordableSets(input);
  if (sets.length === 0) return [smallest(full, (m) => meanCost[m]!)];
  const size = Math.max(...sets.map((set) => set.length));
  const largest = sets.filter((set) => set.length === size);
  const rows = complete(input);
  if (rows.length < MIN_CHOICE_ROWS) return smallest(largest, (set) => costOfSet(set, meanCost));
  return smallest(largest, (set) => -gainPerDollar(rows, set, costOfSet(set, meanCost)));
};
