// What a strategy says, or leans to where it does not decide: live shadow scores and backtests score it alike, so
// that a strategy cannot look good by keeping silent.
import type { StrategyInput, StrategyName } from '../strategy';
import { type Tally, tally } from '../tally';
import { calibratedLeaning } from './calibrated-confidence';
import { strategyNamed } from './index';

export interface NearestAnswer {
  /** Of yes; null below quorum. */
  readonly p: number | null;
  /** False: p is what it leans to, never traded. */
  readonly decided: boolean;
}

/** Where a strategy does not decide: its most confident member after calibration, else the weighted vote. */
export const nearestAnswer = (
  strategy: StrategyName,
  input: StrategyInput,
  counted: Tally = tally(input),
): NearestAnswer => {
  const probability = strategyNamed(strategy).probability(input, counted);
  if (probability !== null) return { p: probability, decided: true };
  const p =
    strategy === 'calibrated_confidence'
      ? calibratedLeaning(input, counted)
      : strategyNamed('weighted_vote').probability(input, counted);
  return { p, decided: false };
};
