// Which scored forecasts were made for the same decision: only these are compared with each other. A contract may be
// decided every day of its life, and whoever is asked later knows more.
import type { IsoInstant } from '../world';

interface Asked {
  readonly decisionId: string | null;
  readonly propositionId: string;
  readonly forecastAt: IsoInstant;
}

/** The same text for forecasts of one decision; without one (panels, competitions) of one proposition on one UTC day. */
export const askedTogether = (forecast: Asked): string =>
  forecast.decisionId ?? `${forecast.propositionId} ${forecast.forecastAt.slice(0, 10)}`;

/** What two models or more were asked together: whoever is asked alone is the mean of all, and shows no skill by it. */
export const comparedGroups = (
  forecasts: readonly (Asked & { readonly model: string })[],
): ReadonlySet<string> => {
  const firsts = new Map<string, string>();
  const compared = new Set<string>();
  for (const forecast of forecasts) {
    const group = askedTogether(forecast);
    const first = firsts.get(group) ?? forecast.model;
    firsts.set(group, first);
    if (first !== forecast.model) compared.add(group);
  }
  return compared;
};
