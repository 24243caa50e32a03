// The rules that weights can be learnt by, for a backtest to choose among. Exponential weights follow outcomes one by
// one (hedge.ts); the others are fitted to all rows of a category at once, here.
import {
  boundNegative,
  contributionWeights,
  inverseBrierWeights,
  ridgeToEqualWeights,
} from '../ensemble/earned-weights';
import { boundWeights, type Weights } from '../ensemble/weights';
import { groupInOrder } from './group-in-order';
import type { ResolvedForecast } from './record';
import { brier } from './scoring';
import { leaveOneOut, poolValue } from './shapley';

export const WEIGHTINGS = ['equal', 'inverse_brier', 'exponential', 'contribution', 'stacked'] as const;
export type Weighting = (typeof WEIGHTINGS)[number];

type Fit = (rows: readonly ResolvedForecast[], members: readonly string[]) => Weights;

const byMember = (members: readonly string[], worthOf: (m: number) => number): Weights =>
  Object.fromEntries(members.map((member, m) => [member, worthOf(m)]));

const sumOf = (
  rows: readonly ResolvedForecast[],
  worthOf: (row: ResolvedForecast) => number = () => 1,
): number => rows.reduce((total, row) => total + row.weight * worthOf(row), 0);

/** By mean Brier score, rows of one question together counting as one. */
const inverseBrier: Fit = (rows, members) => {
  const outcomes = sumOf(rows);
  return inverseBrierWeights(
    byMember(members, (m) => sumOf(rows, ({ p, y }) => brier(p[m]!, y)) / outcomes),
    outcomes,
  );
};

/** By what the log-odds pool loses without the member. */
const contribution: Fit = (rows, members) => {
  const pool = poolValue(
    rows.map(({ category, y, p }) => ({ className: category, y, p })),
    members.length,
  );
  const gains = leaveOneOut(pool, members.length);
  return contributionWeights(byMember(members, (m) => gains[m]!));
};

const stacked: Fit = (rows, members) =>
  boundNegative(
    ridgeToEqualWeights(
      members,
      rows.map(({ p, y, weight }) => ({
        probabilities: byMember(members, (m) => p[m]!),
        outcome: y,
        weight,
      })),
    ),
  );

/** Of the rules that look at all rows at once. */
const FITS: Readonly<Partial<Record<Weighting, Fit>>> = {
  inverse_brier: inverseBrier,
  contribution,
  stacked,
};

/**
 * Weights by category within floor and cap, from the rows that every member answered: a member is not judged by other
 * questions than its peers. A category without such rows has none, and so have `equal` and `exponential`.
 */
export const fitWeights = (
  weighting: Weighting,
  rows: readonly ResolvedForecast[],
  members: readonly string[],
): Readonly<Record<string, Weights>> => {
  const weigh = FITS[weighting];
  if (weigh === undefined || members.length < 2) return {};
  const full = rows.filter(({ p }) => !p.some(Number.isNaN));
  return Object.fromEntries(
    groupInOrder(full, ({ category }) => category).map((own) => [
      own[0]!.category,
      boundWeights(weigh(own, members)),
    ]),
  );
};
