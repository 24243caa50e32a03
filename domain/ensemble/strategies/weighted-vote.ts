// weighted_vote: sigmoid(1.25 x weighted mean log-odds), weights equal until earned (requirement B3).
import type { Strategy } from '../strategy';
import { belowQuorum, decided, tally, votedProbability, voteOf } from '../tally';

export const weightedVote: Strategy = {
  name: 'weighted_vote',
  probability: (input, counted) =>
    counted.participation.met ? votedProbability(input, counted.valid, counted.thresholds.slope) : null,
  decide: (input) => {
    const counted = tally(input);
    if (!counted.participation.met) return belowQuorum('weighted_vote', counted);
    const vote = voteOf(input, counted.valid, counted.thresholds.slope);
    const how = input.weights ? 'Earned weights' : 'Equal weights';
    return decided('weighted_vote', counted, {
      ...vote,
      reasoning: [`${how}, mean log-odds times ${counted.thresholds.slope}`],
    });
  },
};
