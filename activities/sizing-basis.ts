// What sizing goes by, from the market's terms, the settings in force and what directions have earned.
import type { OpenPositions } from '../db/open-positions';
import { DEFAULT_MODEL_WEIGHT } from '../domain/ensemble/disagreement';
import { singleMemberVariance } from '../domain/ensemble/sizing';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { SizingBasis } from '../workflows/contracts/decision';
import type { SizingWeight } from './earned-record';

const withEvidence = (
  terms: SizingBasis['terms'],
  { directionEValue, directionOutcomes }: EarlierDecisions,
): SizingBasis['terms'] =>
  terms.kind === 'equity' ? { ...terms, directionEValue, directionOutcomes } : terms;

/** What earlier decisions left: evidence of the direction, open positions, and how far members were apart. */
export interface EarlierDecisions {
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
const weightOf = (settings: DecisionSettings, { sizingWeight }: EarlierDecisions) => {
  if (settings.sizingWeight !== null) return { modelWeight: settings.sizingWeight };
  return sizingWeight
    ? { modelWeight: sizingWeight.weight, modelWeightVersion: sizingWeight.version }
    : { modelWeight: DEFAULT_MODEL_WEIGHT };
};

/** Null without terms: there is no price to compare with. */
export const sizingBasis = (
  terms: SizingBasis['terms'] | null,
  settings: DecisionSettings,
  earlier: EarlierDecisions,
): SizingBasis | null => {
  if (terms === null) return null;
  const weight = weightOf(settings, earlier);
  return {
    terms: withEvidence(terms, earlier),
    bankrollMicroUsd: settings.deskEquityMicroUsd,
    ...weight,
    pastSpreadVariance:
      earlier.membersVariance === null
        ? null
        : singleMemberVariance(earlier.membersVariance, weight.modelWeight),
    caps: sizingCaps(settings, earlier.open),
    refusals: [],
  };
};
