// What a strategy says, or leans to where it does not decide: live shadow scores and backtests score it alike, so
// that a strategy cannot look good by keeping silent.
import { strategyNamed } from './all-strategies';
import { DEFAULT_STRATEGY, type StrategyInput, type StrategyName } from './strategy';
import { type Tally, tally } from './tally';

export interface NearestAnswer {
  /** Of yes; null below quorum. */
  readonly p: number | null;
  /** False: p is what it leans to, never traded. */
  readonly decided: boolean;
}

/** Where a strategy does not decide: its own leaning, else the default strategy's answer. */
export const nearestAnswer = (
  strategy: StrategyName,
  input: StrategyInput,
  counted: Tally = tally(input),
): NearestAnswer => {
  const { probability, leaning } = strategyNamed(strategy);
  const p = probability(input, counted);
  if (p !== null) return { p, decided: true };
  const lean = leaning ?? strategyNamed(DEFAULT_STRATEGY).probability;
  return { p: lean(input, counted), decided: false };
};
