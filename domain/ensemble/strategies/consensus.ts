// consensus: an answer only when most members lie close to their median (requirement B5). The members outside
// are set aside; no consensus is an answer of its own.
import { checkConsensus } from '../consensus';
import type { Strategy } from '../strategy';
import { belowQuorum, decided, shown, tally, undecided, voteOf } from '../tally';

export const consensus: Strategy = {
  name: 'consensus',
  decide: (input) => {
    const counted = tally(input);
    if (!counted.participation.met) return belowQuorum('consensus', counted);
    const { consensusShare, consensusTau, consensusMembers, slope } = counted.thresholds;
    if (counted.valid.length < consensusMembers) {
      const why = `A consensus needs ${consensusMembers} valid members`;
      return undecided('consensus', 'no_consensus', counted, why);
    }
    const check = checkConsensus(counted.valid, {
      share: consensusShare,
      tau: consensusTau,
      minimumMembers: consensusMembers,
    });
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
