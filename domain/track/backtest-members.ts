// What each member of a backtest scored and contributed.
import { byClass, type LossesByMetric } from './backtest-comparison';
import { type Contribution, contributions, leaveOneOut, poolValue, sampledShapley } from './shapley';

export interface MemberReport {
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly shapley: number;
  readonly shapleyStandardError: number;
  readonly leaveOneOut: number;
}

/** Above this many row visits the exact values would take minutes and are sampled instead. */
const MAX_SHAPLEY_VISITS = 5e9;
const SAMPLED_ORDERS = 100;

/** Scores, Shapley values and leave-one-out by member. */
export const memberScores = (
  losses: LossesByMetric,
  members: readonly string[],
): Readonly<Record<string, MemberReport>> => {
  const rows = losses.brier.map(({ row }) => ({
    className: row.className,
    y: row.y,
    p: row.p.map((p) => (Number.isNaN(p) ? null : p)),
  }));
  const value = poolValue(rows, members.length);
  const tooMany = rows.length * 2 ** members.length * members.length > MAX_SHAPLEY_VISITS;
  const shapley: readonly Contribution[] = tooMany
    ? sampledShapley(value, members.length, { orders: SAMPLED_ORDERS, seed: 1 })
    : contributions(rows, members.length);
  const without = leaveOneOut(value, members.length);
  return Object.fromEntries(
    members.map((member, m) => [
      member,
      {
        brier: byClass(losses.brier, (row) => row.members[m]!).overall ?? null,
        logLoss: byClass(losses.logLoss, (row) => row.members[m]!).overall ?? null,
        shapley: shapley[m]!.value,
        shapleyStandardError: shapley[m]!.standardError,
        leaveOneOut: without[m]!,
      },
    ]),
  );
};
