// The stages of a decision: quick (one member), full (all side by side), enhanced (critique, second vote).
// Which one is reached follows from the stake and, for the strategy `cascade`, from the evidence (B6).

import { patched } from '@temporalio/workflow';
import { strategyNamed } from '../domain/ensemble/all-strategies';
import {
  affordableStage,
  costUpTo,
  decideEscalation,
  type Stage,
  stageForStake,
} from '../domain/ensemble/cascade';
import type { StrategyResult } from '../domain/ensemble/strategy';
import type { MemberResult } from './contracts/decision';
import { finalVotes, stageCosts, strategyInput } from './decision-answers';
import { askMember, type StageContext } from './decision-members';

export interface AskedMembers {
  readonly stage: Stage;
  readonly members: readonly MemberResult[];
  /** The second vote of the enhanced stage, where one took place. */
  readonly secondVote: readonly MemberResult[];
  /** What led to it: calls that give no vote, but cost. */
  readonly critiques: readonly MemberResult[];
}

type SecondRound = Pick<AskedMembers, 'secondVote' | 'critiques'>;

const NO_SECOND_ROUND: SecondRound = { secondVote: [], critiques: [] };

/** Every call of every round, failed ones included. */
export const callsOf = ({ members, secondVote, critiques }: AskedMembers): readonly MemberResult[] => [
  ...members,
  ...secondVote,
  ...critiques,
];

/** All that was asked, votes or not. Micro-dollars; answers of unknown cost count nothing. */
export const costOf = (asked: AskedMembers): number =>
  callsOf(asked).reduce((total, member) => total + (member.costMicroUsd ?? 0), 0);

export const sendsOf = (asked: AskedMembers): number =>
  callsOf(asked).reduce((total, member) => total + member.sends, 0);

/** Runs the stages the plan calls for; the board has an early answer as soon as the lowest stage has one. */
export const runStages = async (context: StageContext): Promise<AskedMembers> => {
  const { plan, board } = context;
  board.plan(plan.members);
  if (plan.members.length === 0) return { stage: 'quick', members: [], ...NO_SECOND_ROUND };
  let stage = firstStage(context);
  let members: readonly MemberResult[] = [];
  let second = NO_SECOND_ROUND;
  for (;;) {
    board.enter(stage);
    if (stage === 'quick') members = await askQuick(context);
    else members = await askAll(context, members);
    if (stage === 'enhanced') {
      concludeStage(context, 'full', members);
      second = await voteAgain(context, members);
    }
    const result = concludeStage(context, stage, finalVotes(members, second.secondVote));
    const next = nextStage(context, stage, result);
    if (next === null) return { stage, members, ...second };
    stage = next;
  }
};

/** The stake's stage; a cascade starts at the bottom of what the stake allows and the budget pays. */
const firstStage = (context: StageContext): Stage => {
  const { input, plan } = context;
  const byStake = stageForStake(input.stakeMicroUsd);
  return plan.strategy === 'cascade'
    ? affordableStage(byStake, stageCosts(plan), plan.budgetLeftMicroUsd)
    : byStake;
};

const nextStage = (context: StageContext, stage: Stage, result: StrategyResult): Stage | null => {
  const { input, plan } = context;
  if (plan.strategy !== 'cascade' || stage === 'enhanced') return null;
  const costs = stageCosts(plan);
  const left = plan.budgetLeftMicroUsd;
  const escalation = decideEscalation({
    stage,
    uncertainty: result.status === 'decided' ? (result.disagreement?.uncertainty ?? null) : null,
    escalateAbove: plan.thresholds.escalateAbove ?? DEFAULT_ESCALATE_ABOVE,
    probability: result.probability,
    priceOfYes: plan.price,
    stakeMicroUsd: input.stakeMicroUsd,
    ...(plan.cascadeTrade ? { trade: plan.cascadeTrade } : {}),
    extraCostMicroUsd: stage === 'quick' ? costs.full : costs.enhanced,
    budgetLeftMicroUsd: left === null ? null : left - costUpTo(stage, costs),
  });
  return escalation.escalate && !isTooLate(context) ? escalation.stage : null;
};

/** From the deadline on nothing new is begun. Decisions of before this rule went on until they were cut off. */
const isTooLate = ({ overdue }: StageContext): boolean =>
  overdue() && patched('no-stage-or-vote-after-deadline');

const DEFAULT_ESCALATE_ABOVE = 0.2;

const askQuick = async (context: StageContext): Promise<readonly MemberResult[]> => {
  const [first] = context.plan.members;
  return first ? [await askMember(context, first, { round: 'first' })] : [];
};

/** All members side by side; those that have answered at the quick stage are not asked again. */
const askAll = async (
  context: StageContext,
  before: readonly MemberResult[],
): Promise<readonly MemberResult[]> => {
  const [quick] = context.plan.members;
  return Promise.all(
    context.plan.members.map(async (member) => {
      const known = before.find(
        (result) => result.model === member.model || result.standsInFor === member.model,
      );
      const result = known ?? (await askMember(context, member, { round: 'first' }));
      if (member === quick) concludeStage(context, 'quick', [result]);
      return result;
    }),
  );
};

/** Critique round and second vote of the members that can read; the others keep their first answer. */
const voteAgain = async (context: StageContext, members: readonly MemberResult[]): Promise<SecondRound> => {
  // Where a substitute spoke, a vote of the one it stands in for would be paid and count for nobody.
  const replaced = new Set(members.flatMap(({ standsInFor }) => standsInFor ?? []));
  const readers = context.plan.members.filter(
    ({ model, statistical, recorded }) => !statistical && !recorded && !replaced.has(model),
  );
  const answered = members.filter((member) => member.answerKey !== null);
  if (readers.length === 0 || answered.length < 2 || isTooLate(context)) return NO_SECOND_ROUND;
  const keys = answered.flatMap((member) => member.answerKey ?? []);
  const critiques = await Promise.all(
    readers.map((member) => askMember(context, member, { round: 'critique', keys })),
  );
  const critiqueKeys = critiques.flatMap((critique) => critique.answerKey ?? []);
  if (critiqueKeys.length === 0 || isTooLate(context)) return { secondVote: [], critiques };
  const secondVote = await Promise.all(
    readers.map((member) => askMember(context, member, { round: 'second', keys: critiqueKeys })),
  );
  return { secondVote, critiques };
};

/** What the stage says, put on the board as the early answer. */
const concludeStage = (
  context: StageContext,
  stage: Stage,
  members: readonly MemberResult[],
): StrategyResult => {
  const { plan, board } = context;
  const quorum = stage === 'quick' ? 1 : plan.quorumNeeded;
  const strategy = stage === 'quick' ? 'weighted_vote' : plan.strategy;
  const result = strategyNamed(strategy).decide(strategyInput(plan, context.input, members, { quorum }));
  board.answerEarly({
    stage,
    final: false,
    status: result.status,
    probability: result.probability,
    answered: result.participation.answered,
    asked: result.participation.asked,
  });
  return result;
};
