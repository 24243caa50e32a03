// The forecasts of one decision, as tests look at them.
import type { ForecastRecord } from '../../db/decision-record';
import type { Stores } from '../../db/stores';

/** By attempt group and model. @throws Error for a decision that is not stored */
export const forecastsOfDecision = async (
  { decisions, forecasts }: Pick<Stores, 'decisions' | 'forecasts'>,
  decisionId: string,
): Promise<readonly ForecastRecord[]> => {
  const decision = await decisions.get(decisionId);
  if (!decision) throw new Error(`decision ${decisionId} is not stored`);
  const order = ({ attemptGroup, model }: ForecastRecord): string => `${attemptGroup}/${model}`;
  return (await forecasts.ofProposition(decision.propositionId))
    .filter((forecast) => forecast.decisionId === decisionId)
    .sort((x, y) => (order(x) < order(y) ? -1 : 1));
};
