// Which strategy decides: the request's own, else the category's, among those that are switched on and could decide
// at this size. Where none of them could, one that is switched on abstains: what was switched off never trades.
import { DEFAULT_STRATEGY, type StrategyName } from '../domain/ensemble/strategy';
import { neverDecides } from '../domain/ensemble/strategy-reach';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { DecisionInput } from '../workflows/contracts/decision';
import { badInput } from './failures';

export interface ChosenStrategy {
  readonly strategy: StrategyName;
  /** Said in the decision's degradations; null: as wanted. */
  readonly remark: string | null;
}

/** @throws ApplicationFailure BadInput for a request that names a strategy which is switched off, or could never decide. */
export const chooseStrategy = (
  { strategy: asked, stakeMicroUsd, members }: Pick<DecisionInput, 'strategy' | 'stakeMicroUsd' | 'members'>,
  settings: DecisionSettings,
): ChosenStrategy => {
  const { strategies, strategy, ensemble, ensembleSize } = settings;
  const size = { stakeMicroUsd, members: members?.length ?? (ensemble ? ensembleSize : 1) };
  const able = strategies.filter((name) => neverDecides(name, size) === null);
  const problemOf = (name: StrategyName): string | null =>
    strategies.includes(name) ? neverDecides(name, size) : 'is switched off';
  const problem = problemOf(asked ?? strategy);
  if (problem === null) return { strategy: asked ?? strategy, remark: null };
  if (asked !== null) {
    const others = able.length > 0 ? able.join(', ') : 'none of those that are switched on';
    throw badInput(`strategy ${asked} ${problem}; accepted: ${others}`);
  }
  if (able.length === 0 && strategies.length > 0) {
    const kept = strategies.includes(strategy) ? strategy : strategies[0]!;
    const why = kept === strategy ? problem : `${problem}; ${kept} ${problemOf(kept)}`;
    return {
      strategy: kept,
      remark: `Strategy ${strategy} ${why}; no strategy that is switched on can decide`,
    };
  }
  const instead = able.includes(DEFAULT_STRATEGY) ? DEFAULT_STRATEGY : (able[0] ?? DEFAULT_STRATEGY);
  return { strategy: instead, remark: `Strategy ${strategy} ${problem}; ${instead} decides instead` };
};
