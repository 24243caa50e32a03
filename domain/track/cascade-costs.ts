// What members of a recorded cascade are taken to cost before a round is asked, so that no round knows a price that
// only a later one paid.
import type { BacktestRow } from './backtest-table';
import type { WalkedRound } from './backtest-walk';

/** Recorded costs by member: dollars, and how many rows recorded one. */
interface Costs {
  readonly sums: Float64Array;
  readonly n: Float64Array;
}

const noCosts = (members: number): Costs => ({
  sums: new Float64Array(members),
  n: new Float64Array(members),
});

const addCosts = (costs: Costs, rows: readonly BacktestRow[]): Costs => {
  for (const { costUsd } of rows)
    for (let m = 0; m < costs.n.length; m += 1) {
      if (Number.isNaN(costUsd[m]!)) continue;
      costs.sums[m]! += costUsd[m]!;
      costs.n[m]! += 1;
    }
  return costs;
};

const meanCost = ({ sums, n }: Costs, m: number): number | null => (n[m] === 0 ? null : sums[m]! / n[m]!);

const rowsOf = (round: WalkedRound): BacktestRow[] => round.rows.map(({ row }) => row);

/**
 * Mean cost per question by round and member, dollars: of the scored rounds before; of a member that has none there, of
 * the rows resolved before the round; else of the round itself, so in a first round. A member without any recorded cost
 * counts as free.
 */
export const costsByRound = (
  rounds: readonly WalkedRound[],
  members: number,
): readonly (readonly number[])[] => {
  const before = noCosts(members);
  return rounds.map((round) => {
    const known = Array.from({ length: members }, (_, m) => meanCost(before, m));
    const own = rowsOf(round);
    addCosts(before, own);
    if (!known.includes(null)) return known as number[];
    const otherwise = [round.training, own].map((rows) => addCosts(noCosts(members), rows));
    return known.map((cost, m) => cost ?? meanCost(otherwise[0]!, m) ?? meanCost(otherwise[1]!, m) ?? 0);
  });
};
