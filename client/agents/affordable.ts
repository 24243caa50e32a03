// Refuses work that could pass a cap before any of it starts, with the amount, the cap and what is left of it. The
// ledger refuses each call again; this only says so early and in one sentence.
import type { CapLimit, CapRow } from '../../db/cap-record';
import { type MicroUsd, usdText } from '../../domain/money/micro-usd';
import type { ConclaveClient } from '../connect';

/** Work that a cap or the caller's own ceiling does not allow. */
class BeyondCap extends Error {
  override readonly name = 'BeyondCap';
}

const nameOf = ({ scope, key }: Pick<CapLimit, 'scope' | 'key'>): string =>
  key === '*' ? `the ${scope.replace('_', ' ')}'s cap` : `the cap of ${scope} ${key}`;

/** Where no row is open yet, nothing has been spent in the period. */
const leftOf = (limit: CapLimit, rows: readonly CapRow[], period: string): MicroUsd =>
  rows.find((row) => row.scope === limit.scope && row.period === period)?.remainingMicroUsd ??
  limit.limitMicroUsd;

export interface Plan {
  /** What briefs would reserve at most; they are shared, so no decision's cap covers them. */
  readonly researchMicroUsd: MicroUsd;
  /** What the work's own calls would reserve at most; 0 where it cannot be told before they are chosen. */
  readonly callsMicroUsd: MicroUsd;
  /** The caller's own ceiling. */
  readonly maxCostMicroUsd: MicroUsd | null;
}

/** @throws BeyondCap naming the cap, the amount and what is left. */
export const assertAffordable = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  { researchMicroUsd, callsMicroUsd, maxCostMicroUsd }: Plan,
): Promise<void> => {
  const atMostMicroUsd = researchMicroUsd + callsMicroUsd;
  const cost = `this may cost up to ${usdText(atMostMicroUsd)}`;
  if (maxCostMicroUsd !== null && atMostMicroUsd > maxCostMicroUsd)
    throw new BeyondCap(`refused: ${cost}, more than the ${usdText(maxCostMicroUsd)} allowed for one call`);
  const [limits, rows, now] = await Promise.all([
    stores.caps.limits(),
    stores.caps.status(),
    stores.worlds.now('live'),
  ]);
  for (const limit of limits) {
    const period = { month: now.slice(0, 7), day: now.slice(0, 10), decision: 'once' }[limit.scope as string];
    // A cap of one key (a tournament's, an experiment's, another decision's) says nothing about this work.
    if (period === undefined || limit.key !== '*') continue;
    const [needed, left] =
      limit.scope === 'decision'
        ? [callsMicroUsd, limit.limitMicroUsd]
        : [atMostMicroUsd, leftOf(limit, rows, period)];
    if (left > 0 && needed <= left) continue;
    throw new BeyondCap(
      left <= 0
        ? `refused: ${nameOf(limit)} of ${usdText(limit.limitMicroUsd)} is spent (${period})`
        : `refused: ${cost}; ${usdText(left)} is left of ${nameOf(limit)} of ${usdText(limit.limitMicroUsd)} (${period})`,
    );
  }
};
