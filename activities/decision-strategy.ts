// Which strategy decides: the request's own, else the category's, among those that are switched on.
import { DEFAULT_STRATEGY, type StrategyName } from '../domain/ensemble/strategy';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import { badInput } from './failures';

export interface ChosenStrategy {
  readonly strategy: StrategyName;
  /** Said in the decision's degradations; null: as wanted. */
  readonly remark: string | null;
}

/** @throws ApplicationFailure BadInput for a request that names a strategy which is switched off. */
export const chooseStrategy = (asked: StrategyName | null, settings: DecisionSettings): ChosenStrategy => {
  const { strategies, strategy } = settings;
  if (asked !== null) {
    if (strategies.includes(asked)) return { strategy: asked, remark: null };
    const others = strategies.length > 0 ? strategies.join(', ') : 'none while every strategy is off';
    throw badInput(`strategy ${asked} is switched off; accepted: ${others}`);
  }
  if (strategies.includes(strategy)) return { strategy, remark: null };
  const instead = strategies.includes(DEFAULT_STRATEGY)
    ? DEFAULT_STRATEGY
    : (strategies[0] ?? DEFAULT_STRATEGY);
  return { strategy: instead, remark: `Strategy ${strategy} is switched off; ${instead} decides instead` };
};
