// What sizing goes by, from the market's terms, the settings in force and what directions have earned.
import type { OpenPositions } from '../db/open-positions';
import { DEFAULT_MODEL_WEIGHT } from '../domain/ensemble/disagreement';
import { singleMemberVariance } from '../domain/ensemble/sizing';
import type { TradeTerms } from '../domain/ensemble/value-of-information';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { SizingBasis } from '../workflows/contracts/decision';
import type { SizingWeight } from './earned-record';

const withEvidence = (
  terms: SizingBasis['terms'],
  { directionEValue, directionOutcomes }: SizingFacts,
): SizingBasis['terms'] =>
  terms.kind === 'equity' ? { ...terms, directionEValue, directionOutcomes } : terms;

/** How many members this decision has, and what earlier ones left: evidence of the direction, open positions, and how far members were apart. */
export interface SizingFacts {
  readonly membersPlanned: number;
  readonly directionEValue: number | null;
  /** Resolved outcomes behind it. */
  readonly directionOutcomes: number;
  readonly open: OpenPositions;
  /** Of the category; null without decisions by two or more members. */
  readonly membersVariance: number | null;
  /** Of the members against the price, as the category has earned it; null: not yet. */
  readonly sizingWeight: SizingWeight | null;
}

/** The caps of a position and of its event cluster, with what is open under them. */
export const sizingCaps = (settings: DecisionSettings, open: OpenPositions): SizingBasis['caps'] => ({
  positionMicroUsd: Math.floor(settings.deskEquityMicroUsd * settings.positionCapShare),
  clusterMicroUsd: Math.floor(settings.deskEquityMicroUsd * settings.clusterCapShare),
  heldPositionMicroUsd: open.positionMicroUsd,
  heldClusterMicroUsd: open.clusterMicroUsd,
});

/** A weight that somebody set goes before the learnt one. */
const weightOf = (settings: DecisionSettings, { sizingWeight }: SizingFacts) => {
  if (settings.sizingWeight !== null) return { modelWeight: settings.sizingWeight };
  return sizingWeight
    ? { modelWeight: sizingWeight.weight, modelWeightVersion: sizingWeight.version }
    : { modelWeight: DEFAULT_MODEL_WEIGHT };
};

/** What a better answer is worth depends on: of shares, whose odds are no price of yes, it is left out. */
export const cascadeTrade = (sizing: SizingBasis | null): { readonly cascadeTrade?: TradeTerms } =>
  sizing?.terms.kind === 'prediction_market'
    ? {
        cascadeTrade: {
          fee: sizing.terms.fee,
          modelWeight: sizing.modelWeight ?? DEFAULT_MODEL_WEIGHT,
        },
      }
    : {};

/** Null without terms: there is no price to compare with. */
export const sizingBasis = (
  terms: SizingBasis['terms'] | null,
  settings: DecisionSettings,
  facts: SizingFacts,
): SizingBasis | null => {
  if (terms === null) return null;
  const weight = weightOf(settings, facts);
  return {
    terms: withEvidence(terms, facts),
    bankrollMicroUsd: settings.deskEquityMicroUsd,
    ...weight,
    membersPlanned: facts.membersPlanned,
    pastSpreadVariance:
      facts.membersVariance === null ? null : singleMemberVariance(facts.membersVariance, weight.modelWeight),
    caps: sizingCaps(settings, facts.open),
    refusals: [],
  };
};
