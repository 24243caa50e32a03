// What one decision reads of the settings, once, when it is prepared: the next decision reads them anew.
import { STRATEGY_NAMES, type StrategyName, type StrategyThresholds } from '../ensemble/strategy';
import { MICRO_PER_USD, type MicroUsd } from '../money/micro-usd';
import type { HedgeTerms } from '../outage/hedging';
import { hedgeTerms } from './hedge-settings';
import { type StoredSettings, settingIsSet, settingValue } from './setting-definitions';

/** Plain JSON: recorded with the decision. */
export interface DecisionSettings {
  readonly strategy: StrategyName;
  /** Strategies that are switched on. */
  readonly strategies: readonly StrategyName[];
  /** Several members; false: one. */
  readonly ensemble: boolean;
  readonly ensembleSize: number;
  readonly thresholds: Pick<StrategyThresholds, 'escalateAbove' | 'consensusShare' | 'consensusTau'>;
  /** Of the members against the price; null: nobody set one, so that the learnt one counts, or the default. */
  readonly sizingWeight: number | null;
  readonly deskEquityMicroUsd: MicroUsd;
  readonly positionCapShare: number;
  readonly clusterCapShare: number;
  /** Answers to the same question in other words may be taken over. */
  readonly reuseSimilar: boolean;
  /** A disputed trade of the enhanced stage waits for a person. Absent: recorded before there was a choice. */
  readonly reviewDisputed?: boolean;
  readonly shadowShare: number;
  readonly shadowSpendShare: number;
  /** When a slow call gets a second one beside it. Absent: never. */
  readonly hedge?: HedgeTerms;
}

/** The settings of a decision in `category`. @throws RangeError as `settingValue` does. */
export const decisionSettings = (stored: StoredSettings, category: string): DecisionSettings => {
  const value = <T>(key: string): T => settingValue(stored, key, category) as T;
  const hedge = hedgeTerms(value);
  return {
    strategy: value('strategy'),
    strategies: STRATEGY_NAMES.filter((name) => value(`strategy_${name}`)),
    ensemble: value('ensemble_decisions'),
    ensembleSize: value('ensemble_size'),
    thresholds: {
      escalateAbove: value('cascade_threshold'),
      consensusShare: value('consensus_threshold'),
      consensusTau: value('consensus_tau'),
    },
    sizingWeight: settingIsSet(stored, 'sizing_weight', category) ? value('sizing_weight') : null,
    deskEquityMicroUsd: Math.round(value<number>('desk_equity_usd') * MICRO_PER_USD),
    positionCapShare: value('position_cap_share'),
    clusterCapShare: value('cluster_cap_share'),
    reuseSimilar: value('reuse_similar_questions'),
    reviewDisputed: value('review_disputed_decisions'),
    shadowShare: value('shadow_share'),
    shadowSpendShare: value('shadow_spend_share'),
    ...(hedge ? { hedge } : {}),
  };
};
