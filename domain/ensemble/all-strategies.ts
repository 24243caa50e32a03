// The strategies by name, and all of them on the same answers. The list itself is made from the files of strategies/.
import type { Strategy, StrategyInput, StrategyName, StrategyResult } from './strategy';
import { STRATEGIES } from './strategy-list';

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
