// The list of strategies. A new one is a file here and a line below (its name in ../strategy).
import type { Strategy, StrategyInput, StrategyName, StrategyResult } from '../strategy';
import { calibratedConfidence } from './calibrated-confidence';
import { cascade } from './cascade';
import { consensus } from './consensus';
import { uncertaintyAdjusted } from './uncertainty-adjusted';
import { weightedVote } from './weighted-vote';

export const STRATEGIES: readonly Strategy[] = [
  weightedVote,
  calibratedConfidence,
  consensus,
  cascade,
  uncertaintyAdjusted,
];

/** @throws RangeError naming the known strategies. */
export const strategyNamed = (name: string): Strategy => {
  const found = STRATEGIES.find((strategy) => strategy.name === name);
  if (found) return found;
  const known = STRATEGIES.map((strategy) => strategy.name).join(', ');
  throw new RangeError(`strategy "${name}" is not known; accepted: ${known}`);
};

/** Every strategy on the same answers, for shadow scoring at no extra cost (requirement B2). */
export const runAllStrategies = (input: StrategyInput): Readonly<Record<StrategyName, StrategyResult>> =>
  Object.fromEntries(
    STRATEGIES.map((strategy) => [strategy.name, strategy.decide(input)]),
  ) as unknown as Readonly<Record<StrategyName, StrategyResult>>;
