// uncertainty_adjusted: the weighted vote moderated by how far members disagree (requirement B7). Agreement
// keeps the extremized answer; disagreement draws it towards one half.
import { moderate } from '../moderation';
import type { Strategy } from '../strategy';
import { belowQuorum, decided, probabilitiesOf, shown, tally, votedProbability, voteOf } from '../tally';

export const uncertaintyAdjusted: Strategy = {
  name: 'uncertainty_adjusted',
  probability: (input, counted) => {
    if (!counted.participation.met) return null;
    const vote = votedProbability(input, counted.valid, counted.thresholds.slope);
    return moderate(vote, probabilitiesOf(counted.valid));
  },
  decide: (input) => {
    const counted = tally(input);
    if (!counted.participation.met) return belowQuorum('uncertainty_adjusted', counted);
    const vote = voteOf(input, counted.valid, counted.thresholds.slope);
    const probability = moderate(vote.probability, probabilitiesOf(counted.valid));
    return decided('uncertainty_adjusted', counted, {
      probability,
      weights: vote.weights,
      reasoning: [
        `Vote ${shown(vote.probability)} moderated to ${shown(probability)} by the members' disagreement`,
      ],
    });
  },
};
