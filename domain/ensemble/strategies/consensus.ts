// consensus: an answer only when most members lie close to their median (requirement B5). The members outside
// are set aside; no consensus is an answer of its own.
import { type ConsensusCheck, checkConsensus, consensusRule } from '../consensus';
import type { Strategy } from '../strategy';
import {
  belowQuorum,
  decided,
  shown,
  type Tally,
  tally,
  undecided,
  votedProbability,
  voteOf,
} from '../tally';

const checkOf = ({ valid, thresholds }: Tally): ConsensusCheck =>
  checkConsensus(valid, consensusRule(thresholds));

export const consensus: Strategy = {
  name: 'consensus',
  probability: (input, counted) => {
    if (!counted.participation.met) return null;
    const check = checkOf(counted);
    return check.reached ? votedProbability(input, check.agreeing, counted.thresholds.slope) : null;
  },
  decide: (input) => {
    const counted = tally(input);
    if (!counted.participation.met) return belowQuorum('consensus', counted);
    const { consensusShare, consensusTau, consensusMembers, slope } = counted.thresholds;
    if (counted.valid.length < consensusMembers) {
      const why = `A consensus needs ${consensusMembers} valid members`;
      return undecided('consensus', 'no_consensus', counted, why);
    }
    const check = checkOf(counted);
    const found = `${check.agreeing.length} of ${counted.valid.length} within ${shown(consensusTau)} of the median ${shown(check.median!)}`;
    if (!check.reached) {
      return undecided('consensus', 'no_consensus', counted, `${found}; ${shown(consensusShare)} needed`);
    }
    return decided('consensus', counted, {
      ...voteOf(input, check.agreeing, slope),
      members: check.agreeing,
      reasoning: [found],
    });
  },
};
