// Turns members' results into what the strategies read.
import type { Calibrator } from '../domain/ensemble/calibrator';
import type { StageCosts } from '../domain/ensemble/cascade';
import type { MemberAnswer } from '../domain/ensemble/quorum';
import type { StrategyInput } from '../domain/ensemble/strategy';
import type { DecisionInput, DecisionPlan, MemberResult } from './contracts/decision';

/** A failed member stays failed: it never becomes a probability. */
const toAnswer = (member: MemberResult): MemberAnswer =>
  member.probability === null
    ? { model: member.model, status: 'failed', failure: member.failure ?? 'malformed' }
    : { model: member.model, status: 'answered', probability: member.probability };

const earnedWeights = (plan: DecisionPlan): Readonly<Record<string, number>> | null => {
  const pairs = plan.members.flatMap((member) =>
    member.weight === null ? [] : [[member.model, member.weight] as const],
  );
  return pairs.length === plan.members.length && pairs.length > 0 ? Object.fromEntries(pairs) : null;
};

const calibratorsOf = (plan: DecisionPlan): Readonly<Record<string, Calibrator>> =>
  Object.fromEntries(
    plan.members.flatMap((member) => (member.calibrator ? [[member.model, member.calibrator] as const] : [])),
  );

/** What each stage may cost beyond the one below: one call of the first, of all others, and two more of each. */
export const stageCosts = ({ members }: DecisionPlan): StageCosts => {
  const costs = members.map((member) => member.worstCaseMicroUsd);
  const sum = costs.reduce((total, cost) => total + cost, 0);
  const quick = costs[0] ?? 0;
  return { quick, full: sum - quick, enhanced: 2 * sum };
};

/** The second vote replaces the first where a member has cast one. */
export const finalVotes = (
  members: readonly MemberResult[],
  secondVote: readonly MemberResult[],
): readonly MemberResult[] =>
  members.map(
    (member) =>
      secondVote.find((vote) => vote.model === member.model && vote.status === 'answered') ?? member,
  );

/** Input of every strategy for the same answers. */
export const strategyInput = (
  plan: DecisionPlan,
  input: DecisionInput,
  members: readonly MemberResult[],
  options: {
    readonly quorum: number;
    /** All members' votes after a second round; absent or empty: there was none. */
    readonly secondVote?: readonly MemberResult[];
    /** All members' votes before it; absent: `members` have voted once. */
    readonly firstVotes?: readonly MemberResult[];
  },
): StrategyInput => {
  const [quick] = plan.members;
  const secondVote = options.secondVote ?? [];
  return {
    answers: members.map(toAnswer),
    weights: earnedWeights(plan),
    calibrators: calibratorsOf(plan),
    thresholds: plan.thresholds,
    quorum: { needed: options.quorum },
    cascade: {
      stakeMicroUsd: input.stakeMicroUsd,
      quickMembers: members
        .filter((member) => (member.standsInFor ?? member.model) === quick?.model)
        .map((member) => member.model),
      budgetLeftMicroUsd: plan.budgetLeftMicroUsd,
      extraCostMicroUsd: stageCosts(plan),
      priceOfYes: plan.price,
      ...(plan.cascadeTrade ? { trade: plan.cascadeTrade } : {}),
      ...(options.firstVotes ? { firstVotes: options.firstVotes.map(toAnswer) } : {}),
      ...(secondVote.length > 0 ? { secondVote: secondVote.map(toAnswer) } : {}),
    },
  };
};
