// What sizing goes by, from the market's terms, the settings in force and what directions have earned.
import type { OpenPositions } from '../db/decision-store';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { SizingBasis } from '../workflows/contracts/decision';

const withEvidence = (terms: SizingBasis['terms'], directionEValue: number | null): SizingBasis['terms'] =>
  terms.kind === 'equity' ? { ...terms, directionEValue } : terms;

/** Null without terms: there is no price to compare with. */
export const sizingBasis = (
  terms: SizingBasis['terms'] | null,
  settings: DecisionSettings,
  directionEValue: number | null,
  open: OpenPositions,
): SizingBasis | null =>
  terms && {
    terms: withEvidence(terms, directionEValue),
    bankrollMicroUsd: settings.deskEquityMicroUsd,
    modelWeight: settings.sizingWeight,
    caps: {
      positionMicroUsd: Math.floor(settings.deskEquityMicroUsd * settings.positionCapShare),
      clusterMicroUsd: Math.floor(settings.deskEquityMicroUsd * settings.clusterCapShare),
      heldPositionMicroUsd: open.positionMicroUsd,
      heldClusterMicroUsd: open.clusterMicroUsd,
    },
    refusals: [],
  };
