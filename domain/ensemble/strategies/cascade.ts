// cascade: a cheap answer first, the full ensemble only where it is uncertain and worth its cost (requirement
// B6). On answers that are all there already, it says which of them it would have bought.
import {
  affordableStage,
  costUpTo,
  decideEscalation,
  type Escalation,
  type Stage,
  type StageCosts,
  stageForStake,
} from '../cascade';
import { uncertainty } from '../disagreement';
import type { MemberAnswer } from '../quorum';
import type { CascadeInput, Strategy, StrategyInput, StrategyResult } from '../strategy';
import { belowQuorum, decided, probabilitiesOf, type Tally, tally, votedProbability, voteOf } from '../tally';

/** Without a plan the quick member is the one with the most earned weight; ties go by model id. */
const planOf = (input: StrategyInput): CascadeInput => {
  if (input.cascade) return input.cascade;
  const weight = (model: string): number => input.weights?.[model] ?? 0;
  const models = input.answers.map((answer) => answer.model);
  const ranked = models.sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1));
  return { stakeMicroUsd: null, quickMembers: ranked.slice(0, 1) };
};

const costsOf = (plan: CascadeInput): StageCosts => ({
  quick: plan.extraCostMicroUsd?.quick ?? 0,
  full: plan.extraCostMicroUsd?.full ?? 0,
  enhanced: plan.extraCostMicroUsd?.enhanced ?? 0,
});

/** A critique may change minds, but not what the stages below it were uncertain about. */
const answersAt = (stage: Stage, input: StrategyInput, plan: CascadeInput): readonly MemberAnswer[] => {
  if (stage === 'enhanced') return plan.secondVote ?? input.answers;
  const first = plan.firstVotes ?? input.answers;
  return stage === 'full' ? first : first.filter((answer) => plan.quickMembers.includes(answer.model));
};

/** A quorum set for the full ensemble does not bind the quick stage, which needs half of its own members. */
const decideAt = (stage: Stage, input: StrategyInput, plan: CascadeInput): StrategyResult => {
  const rule = stage === 'quick' ? { needed: null } : input.quorum;
  const counted = tally(
    { ...input, ...(rule === undefined ? {} : { quorum: rule }) },
    answersAt(stage, input, plan),
  );
  if (!counted.participation.met) return { ...belowQuorum('cascade', counted), stage };
  const vote = voteOf(input, counted.valid, counted.thresholds.slope);
  return { ...decided('cascade', counted, { ...vote, reasoning: [`Stage ${stage}`] }), stage };
};

const escalationFrom = (result: StrategyResult, input: StrategyInput, plan: CascadeInput): Escalation => {
  const stage = result.stage!;
  const costs = costsOf(plan);
  const next = stage === 'quick' ? costs.full : costs.enhanced;
  const budget = plan.budgetLeftMicroUsd ?? null;
  return decideEscalation({
    stage,
    uncertainty: result.status === 'decided' ? result.disagreement!.uncertainty : null,
    escalateAbove: tally(input).thresholds.escalateAbove,
    probability: result.probability,
    priceOfYes: plan.priceOfYes ?? null,
    stakeMicroUsd: plan.stakeMicroUsd,
    ...(plan.trade === undefined ? {} : { trade: plan.trade }),
    extraCostMicroUsd: next,
    budgetLeftMicroUsd: budget === null ? null : budget - costUpTo(stage, costs),
  });
};

/** The enhanced stage can only be reached where a second vote exists; elsewhere full is the last. */
const climb = (result: StrategyResult, input: StrategyInput, plan: CascadeInput): StrategyResult => {
  if (result.stage === 'enhanced' || (result.stage === 'full' && !plan.secondVote)) return result;
  const step = escalationFrom(result, input, plan);
  if (!step.escalate) return { ...result, reasoning: [...result.reasoning, step.why] };
  const higher = decideAt(step.stage, input, plan);
  const reasoning = [...higher.reasoning, `Escalated from ${result.stage}: ${step.why}`];
  return climb({ ...higher, reasoning }, input, plan);
};

/** Without a plan, no budget, stake or second vote can move the stage: one quick member, then all. */
const withoutPlan = (input: StrategyInput, counted: Tally): number | null => {
  const { slope, escalateAbove } = counted.thresholds;
  const quick = counted.valid.filter(({ model }) => planOf(input).quickMembers.includes(model));
  const early = quick.length === 0 ? null : votedProbability(input, quick, slope);
  if (early !== null && !(uncertainty(early, probabilitiesOf(quick)) > escalateAbove)) return early;
  return counted.participation.met ? votedProbability(input, counted.valid, slope) : null;
};

export const cascade: Strategy = {
  name: 'cascade',
  probability: (input, counted) =>
    input.cascade ? cascade.decide(input).probability : withoutPlan(input, counted),
  decide: (input) => {
    const plan = planOf(input);
    // Answers no stage would buy are checked too: a bad row is refused whatever the stage.
    tally(input);
    const byStake = plan.stakeMicroUsd === null ? 'quick' : stageForStake(plan.stakeMicroUsd);
    const start = affordableStage(byStake, costsOf(plan), plan.budgetLeftMicroUsd ?? null);
    const first = decideAt(start, input, plan);
    const lowered = start === byStake ? [] : [`Lowered from ${byStake} to ${start}: the budget pays no more`];
    return climb({ ...first, reasoning: [...first.reasoning, ...lowered] }, input, plan);
  },
};
