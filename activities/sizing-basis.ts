// What sizing goes by, from the market's terms, the settings in force and what directions have earned.
import type { OpenPositions } from '../db/open-positions';
import { singleMemberVariance } from '../domain/ensemble/sizing';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { SizingBasis } from '../workflows/contracts/decision';

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
}

/** The caps of a position and of its event cluster, with what is open under them. */
export const sizingCaps = (settings: DecisionSettings, open: OpenPositions): SizingBasis['caps'] => ({
  positionMicroUsd: Math.floor(settings.deskEquityMicroUsd * settings.positionCapShare),
  clusterMicroUsd: Math.floor(settings.deskEquityMicroUsd * settings.clusterCapShare),
  heldPositionMicroUsd: open.positionMicroUsd,
  heldClusterMicroUsd: open.clusterMicroUsd,
});

/** Null without terms: there is no price to compare with. */
export const sizingBasis = (
  terms: SizingBasis['terms'] | null,
  settings: DecisionSettings,
  earlier: EarlierDecisions,
): SizingBasis | null =>
  terms && {
    terms: withEvidence(terms, earlier),
    bankrollMicroUsd: settings.deskEquityMicroUsd,
    modelWeight: settings.sizingWeight,
    pastSpreadVariance:
      earlier.membersVariance === null
        ? null
        : singleMemberVariance(earlier.membersVariance, settings.sizingWeight),
    caps: sizingCaps(settings, earlier.open),
    refusals: [],
  };
