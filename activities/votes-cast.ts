// Which votes of a decision become forecasts, and in which round each was cast: by where it comes from, not by its
// answer's key, which a failed vote has none of.
import type { ForecastRecord } from '../db/decision-record';
import type { DecisionRecord, MemberResult } from '../workflows/contracts/decision';

export interface VoteCast {
  readonly attemptGroup: 'first' | 'second';
  readonly member: MemberResult;
}

/**
 * Every first vote, and the answered second ones, which count instead of their members' first. Weights stand at the
 * votes that counted. A second vote that failed changes nothing: its member's first still counts.
 */
export const votesCast = ({ result, firstVotes, secondVote }: DecisionRecord): readonly VoteCast[] => {
  const again = new Set(secondVote.flatMap(({ model, status }) => (status === 'answered' ? [model] : [])));
  const inForce = result.members.map(
    (member): VoteCast => ({ attemptGroup: again.has(member.model) ? 'second' : 'first', member }),
  );
  const replaced = (firstVotes ?? []).filter(({ model }) => again.has(model));
  return [...replaced.map((member): VoteCast => ({ attemptGroup: 'first', member })), ...inForce];
};

type CastForecast = Pick<ForecastRecord, 'decisionId' | 'model' | 'attemptGroup'>;

/** One forecast for each member of a decision: a first vote that its second replaced is kept, but does not count. */
export const countedForecasts = <Forecast extends CastForecast>(
  forecasts: readonly Forecast[],
): readonly Forecast[] => {
  const voter = ({ decisionId, model }: CastForecast): string => `${decisionId}/${model}`;
  const again = new Set(forecasts.filter(({ attemptGroup }) => attemptGroup === 'second').map(voter));
  return forecasts.filter(
    (forecast) =>
      forecast.attemptGroup !== 'first' || forecast.decisionId === null || !again.has(voter(forecast)),
  );
};
