// The one interface of the ensemble strategies: the same answers in, a decision or a stated non-decision out.
// Every strategy is a pure function of this input, so all of them can be shadow-scored and replayed at no cost.
import type { MicroUsd } from '../money/micro-usd';
import type { Calibrator } from './calibrator';
import type { Stage } from './cascade';
import type { Disagreement } from './disagreement';
import type { PoolName } from './pool';
import type { MemberAnswer, Participation, QuorumRule } from './quorum';
import { STRATEGY_NAMES } from './strategy-names';
import type { Tally } from './tally';
import type { TradeTerms } from './value-of-information';
import type { WeightBounds, Weights } from './weights';

export { STRATEGY_NAMES };
export type StrategyName = (typeof STRATEGY_NAMES)[number];

/** Where nobody chose one, and in place of one that is switched off. */
export const DEFAULT_STRATEGY: StrategyName = 'weighted_vote';

/** Per category; every field has a default in DEFAULT_THRESHOLDS. */
export interface StrategyThresholds {
  /** Multiplies the weighted mean log-odds. Default 1.25. */
  readonly slope: number;
  /** Share of valid members that must be within `consensusTau` of the median. Default .8. */
  readonly consensusShare: number;
  /** Distance from the median, in probability. Default .10. */
  readonly consensusTau: number;
  /** Fewest valid members a consensus can be made of. Default 3. */
  readonly consensusMembers: number;
  /** Confidence max(p, 1 - p) asked of a fully reliable member, in [.5, 1]. Default .5. */
  readonly confidence: number;
  /** Added to it for a member of reliability 0. Default .1. */
  readonly confidencePenalty: number;
  /** Equally reliable members on both sides of a half, less than this apart in confidence, contradict. Default 0: never. */
  readonly contradictionWithin: number;
  /** Above this u a cascade escalates. Default .2. */
  readonly escalateAbove: number;
}

export const DEFAULT_THRESHOLDS: StrategyThresholds = {
  slope: 1.25,
  consensusShare: 0.8,
  consensusTau: 0.1,
  consensusMembers: 3,
  confidence: 0.5,
  confidencePenalty: 0.1,
  contradictionWithin: 0,
  escalateAbove: 0.2,
};

/** What decisions go by beyond the defaults; each keeps it, so that those of before it are replayed as they were. */
export const LIVE_THRESHOLDS = { contradictionWithin: 1e-9 } as const satisfies Partial<StrategyThresholds>;

/** What the cascade needs beyond the answers. */
export interface CascadeInput {
  /** At issue; null when unknown (a recorded question): the lowest stage, without a value-of-information test. */
  readonly stakeMicroUsd: MicroUsd | null;
  /** Members of the quick stage. */
  readonly quickMembers: readonly string[];
  /** What each stage would cost beyond the one below. Absent: 0. */
  readonly extraCostMicroUsd?: Partial<Readonly<Record<Stage, MicroUsd>>>;
  /** Left in the budget; null or absent is no limit. */
  readonly budgetLeftMicroUsd?: MicroUsd | null;
  /** Price of yes, for the value of information; absent or null: even odds. */
  readonly priceOfYes?: number | null;
  /** What the answer would be traded by, for the same; absent: the probability itself, without a fee. */
  readonly trade?: TradeTerms;
  /** What the quick and full stages were judged on, where a second vote has replaced it in `answers`. */
  readonly firstVotes?: readonly MemberAnswer[];
  /** Answers of the second vote, where the enhanced stage has run. */
  readonly secondVote?: readonly MemberAnswer[];
}

export interface StrategyInput {
  /** One per member asked, failed ones included. */
  readonly answers: readonly MemberAnswer[];
  /** Earned weights; null until the category has earned any. */
  readonly weights?: Weights | null;
  /** Floor and cap over the present members; null takes `weights` as given. Default 0.5/N and 2/N. */
  readonly weightBounds?: WeightBounds | null;
  /** By model; absent members have none. */
  readonly calibrators?: Readonly<Record<string, Calibrator>>;
  readonly thresholds?: Partial<StrategyThresholds>;
  readonly quorum?: QuorumRule;
  /** What makes one probability of several. Default `log_odds`, extremized. */
  readonly pool?: PoolName;
  readonly cascade?: CascadeInput;
}

/** `abstained`: below quorum or no member trusted. `no_consensus`: enough members, no agreement. */
export type StrategyStatus = 'decided' | 'abstained' | 'no_consensus';

export interface StrategyResult {
  readonly strategy: StrategyName;
  readonly status: StrategyStatus;
  /** Of yes; null unless decided. */
  readonly probability: number | null;
  /** Share of each answered member in `probability`, summing to 1 when decided; 0 for members left out. */
  readonly perMemberWeight: Weights;
  /** The member taken (calibrated_confidence). */
  readonly selectedModel: string | null;
  /** The stage the answer is of (cascade). */
  readonly stage: Stage | null;
  /** Short sentences. */
  readonly reasoning: readonly string[];
  /** Of the members the answer is made of, around it; without an answer of all valid members around their pool. */
  readonly disagreement: Disagreement | null;
  readonly participation: Participation;
}

export interface Strategy {
  readonly name: StrategyName;
  /** @throws RangeError naming the member for a bad probability, weight or calibrator. */
  readonly decide: (input: StrategyInput) => StrategyResult;
  /**
   * The probability of `decide(input)` without the account of it, for walks over many recorded rows.
   * @param counted `tally(input)`, shared by all strategies
   */
  readonly probability: (input: StrategyInput, counted: Tally) => number | null;
  /** What it leans to where it does not decide: scored, never traded. Null below quorum; absent: the default strategy's. */
  readonly leaning?: (input: StrategyInput, counted: Tally) => number | null;
}
