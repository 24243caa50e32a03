// Whether members agree: the rule of the strategy `consensus` and of the enhanced stage (requirement B5).
import { medianPool } from './pool';
import type { AnsweredMember } from './quorum';
import { DEFAULT_THRESHOLDS, type StrategyThresholds } from './strategy';

export interface ConsensusRule {
  /** Share of valid members that must agree, in (0, 1]. */
  readonly share: number;
  /** Distance from the median within which a member agrees. */
  readonly tau: number;
  /** Fewest valid members. */
  readonly minimumMembers: number;
}

type ConsensusThresholds = Pick<StrategyThresholds, 'consensusShare' | 'consensusTau' | 'consensusMembers'>;

/** The rule of a category; what it leaves open is the default. */
export const consensusRule = (thresholds: Partial<ConsensusThresholds> = {}): ConsensusRule => {
  const { consensusShare, consensusTau, consensusMembers } = { ...DEFAULT_THRESHOLDS, ...thresholds };
  return { share: consensusShare, tau: consensusTau, minimumMembers: consensusMembers };
};

export const DEFAULT_CONSENSUS = consensusRule();

export interface ConsensusCheck {
  readonly reached: boolean;
  /** Null without valid members. */
  readonly median: number | null;
  /** Share of valid members within tau of the median; 0 without any. */
  readonly share: number;
  readonly agreeing: readonly AnsweredMember[];
  readonly outside: readonly AnsweredMember[];
}

/** Rounding room, so that .50 and .60 are within .10 of each other. */
const ROUNDING = 1e-9;

/** Who is within tau of the median of the valid members, and whether that is enough. */
export const checkConsensus = (
  valid: readonly AnsweredMember[],
  rule: ConsensusRule = DEFAULT_CONSENSUS,
): ConsensusCheck => {
  if (valid.length === 0) return { reached: false, median: null, share: 0, agreeing: [], outside: [] };
  const median = medianPool(valid.map((member) => member.probability));
  const agrees = (member: AnsweredMember): boolean =>
    Math.abs(member.probability - median) <= rule.tau + ROUNDING;
  const agreeing = valid.filter(agrees);
  const share = agreeing.length / valid.length;
  return {
    reached: valid.length >= rule.minimumMembers && share >= rule.share - ROUNDING,
    median,
    share,
    agreeing,
    outside: valid.filter((member) => !agrees(member)),
  };
};
