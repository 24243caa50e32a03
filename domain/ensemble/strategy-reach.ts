// Strategies that cannot decide whatever the members say, known from the size of a decision before anything is paid.
import { type MicroUsd, usdText } from '../money/micro-usd';
import { FULL_FROM_MICRO_USD, stageForStake } from './cascade';
import { DEFAULT_THRESHOLDS, type StrategyName } from './strategy';

export interface DecisionSize {
  /** Null: not known yet, as below. */
  readonly stakeMicroUsd: MicroUsd | null;
  /** Most members that are asked; null: that is up to the settings. */
  readonly members: number | null;
}

/** Why `strategy` could never decide at this size, as the rest of a sentence about it; null: it could. */
export const neverDecides = (
  strategy: StrategyName,
  { stakeMicroUsd, members }: DecisionSize,
): string | null => {
  const needed = DEFAULT_THRESHOLDS.consensusMembers;
  if (strategy !== 'consensus') return null;
  if (stakeMicroUsd !== null && stageForStake(stakeMicroUsd) === 'quick')
    return `needs ${needed} members, and a stake below ${usdText(FULL_FROM_MICRO_USD)} asks one`;
  return members === null || members >= needed
    ? null
    : `needs ${needed} members, and ${members} would be asked`;
};
