// Which scored forecasts were made for the same decision: only these are compared with each other. A contract may be
// decided every day of its life, and whoever is asked later knows more.
import type { IsoInstant } from '../world';

/** The same text for forecasts of one decision; without one (panels, competitions) of one proposition on one UTC day. */
export const askedTogether = (forecast: {
  readonly decisionId: string | null;
  readonly propositionId: string;
  readonly forecastAt: IsoInstant;
}): string => forecast.decisionId ?? `${forecast.propositionId} ${forecast.forecastAt.slice(0, 10)}`;
