// Combines the members' answers into the decision: strategy, size, and why or why not.

import { patched } from '@temporalio/workflow';
import { runAllStrategies } from '../domain/ensemble/all-strategies';
import { nearestAnswer } from '../domain/ensemble/nearest-answer';
import { AWAITING_REVIEW } from '../domain/ensemble/review';
import { sizePosition } from '../domain/ensemble/sizing';
import type { Sizing } from '../domain/ensemble/sizing-input';
import type { StrategyResult } from '../domain/ensemble/strategy';
import { usdText } from '../domain/money/micro-usd';
import type {
  DecisionInput,
  DecisionPlan,
  DecisionRecord,
  DecisionResult,
  DecisionStatus,
  DisputedTrade,
  MemberResult,
} from './contracts/decision';
import type { BriefRef } from './contracts/research';
import { reviewId } from './contracts/workflow-ids';
import { finalVotes, strategyInput } from './decision-answers';
import type { EarlierRounds } from './decision-rounds';
import { type AskedMembers, callsOf, costOf, sendsOf } from './decision-stages';

export interface ResultParts {
  readonly input: DecisionInput;
  readonly plan: DecisionPlan;
  readonly brief: BriefRef | null;
  readonly asked: AskedMembers;
  /** Rounds that nobody or too few answered, before this one. */
  readonly earlier: EarlierRounds;
  /** The deadline passed before the members had answered. */
  readonly expired: boolean;
  /** The deadline cut off what was under way. */
  readonly cutOff: boolean;
}

const statusOf = (parts: ResultParts, result: StrategyResult): DecisionStatus =>
  parts.expired ? 'expired' : result.status;

const sizeOf = (
  { plan, input }: ResultParts,
  probability: number | null,
  members: readonly MemberResult[],
): Sizing | null =>
  plan.sizing &&
  sizePosition({
    ...plan.sizing,
    probability,
    memberProbabilities: members.flatMap((member) => member.probability ?? []),
    priceOfYes: plan.price,
    stakeMicroUsd: input.stakeMicroUsd,
  });

const inRounds = (count: number): string => `in ${count} earlier round${count > 1 ? 's' : ''}`;

const waitedText = ({ rounds, partly }: EarlierRounds): readonly string[] => {
  const silent = rounds - partly;
  const said = [
    ...(silent > 0 ? [`nobody answered ${inRounds(silent)}`] : []),
    ...(partly > 0 ? [`too few answered ${inRounds(partly)}`] : []),
  ];
  return said.length === 0 ? [] : [`Asked again after waiting: ${said.join(', ')}`];
};

const isBudget = (failure: MemberResult['failure']): boolean => failure === 'budget';

/** A budget that stopped members, or sent them to cheaper models, is said first: less was bought, not given. */
const budgetText = (members: readonly MemberResult[]): readonly string[] => {
  const stopped = members.filter(({ failure }) => isBudget(failure)).length;
  const cheaper = members.filter(
    ({ standsInFor, hops }) => standsInFor !== null && hops.some(({ failure }) => isBudget(failure)),
  ).length;
  const of = members.length;
  return [
    ...(stopped > 0 ? [`The budget was reached: ${stopped} of ${of} members could not be asked`] : []),
    ...(cheaper > 0 ? [`A budget was reached: ${cheaper} of ${of} were asked at cheaper models`] : []),
  ];
};

/** `budget 2, timed out 1` of calls that failed. */
const kindsText = (calls: readonly MemberResult[]): string => {
  const counts = new Map<string, number>();
  for (const { failure } of calls) {
    if (failure === null) continue;
    const kind = failure.replaceAll('_', ' ');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
};

/** Where the second round was not what the stage stands for: its row would read like a full one. */
const secondRoundText = ({ critiques, secondVote }: AskedMembers): readonly string[] => {
  const lost = critiques.filter(({ status }) => status === 'failed');
  const silent = secondVote.filter(({ status }) => status === 'failed');
  const [of, voted] = [critiques.length, secondVote.length - silent.length];
  const votes = voted === 0 ? 'Nobody' : `${voted} of ${of}`;
  return [
    ...(lost.length === 0 ? [] : [`${lost.length} of ${of} critiques are missing (${kindsText(lost)})`]),
    ...(voted === of
      ? []
      : [
          `${votes} cast a second vote${silent.length > 0 ? ` (${kindsText(silent)})` : ''}; otherwise the first votes count`,
        ]),
  ];
};

const standInText = (plan: DecisionPlan, members: readonly MemberResult[]): readonly string[] => {
  const stored = members.filter(
    ({ status, hops }) =>
      status === 'answered' && hops.length > 0 && hops.every((hop) => hop.failure !== null),
  ).length;
  return stored > 0 && plan.storedAnswers
    ? [`${stored} of ${members.length} members answered by forecasts stored within the last half hour`]
    : [];
};

const isTakenOver = ({ status, hops }: MemberResult): boolean => status === 'answered' && hops.length === 0;

const reuseText = (plan: DecisionPlan, members: readonly MemberResult[]): readonly string[] => {
  const taken = plan.reusedAnswers ? members.filter(isTakenOver).length : 0;
  return taken === 0
    ? []
    : [`${taken} of ${members.length} answers were given before to the same question and cost nothing`];
};

/** While no provider answers only language models' own words, fresh or stored, back a trade (F5). */
const refusalsOf = ({ plan, asked }: ResultParts): readonly string[] => {
  const statistics = new Set(
    [...plan.members, ...plan.substitutes].flatMap((each) => (each.statistical ? [each.model] : [])),
  );
  const backed = asked.members.some(({ model, status }) => status === 'answered' && !statistics.has(model));
  return [
    ...(plan.sizing?.refusals ?? []),
    ...(plan.mode === 'cached' && !backed
      ? ['Mode cached: no language model answers and no stored forecast stands in; nothing is traded']
      : []),
  ];
};

const hedgeText = (members: readonly MemberResult[]): readonly string[] => {
  const asked = members.filter(({ hops }) => hops.some(({ hedge }) => hedge));
  const won = asked.filter(({ status, hops }) => status === 'answered' && hops.at(-1)?.hedge);
  return asked.length === 0
    ? []
    : [
        `${asked.length} of ${members.length} members took long and had a second call beside theirs; ${won.length} of those answered first`,
      ];
};

/** Without members there is one reason, and counts of nobody would hide it. */
const whyOf = (parts: ResultParts, result: StrategyResult, sizing: Sizing | null): readonly string[] =>
  parts.plan.unasked === undefined
    ? whyAsked(parts, result, sizing)
    : [...expiredText(parts), `Nobody was asked: ${parts.plan.unasked}`];

const expiredText = ({ expired }: ResultParts): readonly string[] =>
  expired ? ['The deadline passed before the members had answered; nothing is traded'] : [];

const whyAsked = (parts: ResultParts, result: StrategyResult, sizing: Sizing | null): readonly string[] => [
  ...expiredText(parts),
  ...waitedText(parts.earlier),
  ...budgetText(parts.asked.members),
  ...secondRoundText(parts.asked),
  ...reuseText(parts.plan, parts.asked.members),
  ...hedgeText(parts.asked.members),
  ...result.reasoning,
  ...(sizing?.why ?? ['Nothing is sized: there is no price to compare with']),
  ...refusalsOf(parts),
];

/** After critique and second vote there is still no consensus, and live money is at stake. */
const isDisputed = ({ asked, expired, input, plan }: ResultParts, consensus: StrategyResult): boolean =>
  plan.settings?.reviewDisputed === true &&
  asked.stage === 'enhanced' &&
  !expired &&
  input.asOf === null &&
  consensus.status === 'no_consensus';

const tradeOf = (
  parts: ResultParts,
  probability: number | null,
  sizing: Sizing | null,
): DisputedTrade | null =>
  probability === null ||
  sizing === null ||
  sizing.action === 'hold' ||
  sizing.sizeMicroUsd <= 0 ||
  refusalsOf(parts).length > 0
    ? null
    : { probability, action: sizing.action, sizeMicroUsd: sizing.sizeMicroUsd };

const parkedText = (decisionId: string, { action, sizeMicroUsd }: DisputedTrade): string =>
  `${AWAITING_REVIEW}. The members dispute, so to ${action} for ${usdText(sizeMicroUsd)} a person must approve ${reviewId(decisionId)} in time`;

/** Cascades of before this rule judged the lower stages on second votes; what follows from theirs is in their history. */
const votesOf = ({ asked, plan }: ResultParts, votes: readonly MemberResult[]) => {
  if (asked.secondVote.length === 0) return {};
  const judgesOnFirst = plan.strategy !== 'cascade' || patched('lower-stages-by-first-votes');
  return { secondVote: votes, ...(judgesOnFirst ? { firstVotes: asked.members } : {}) };
};

/** Every strategy is run on the same answers; the chosen one decides, the others are kept for the record. */
export const combine = (parts: ResultParts): DecisionRecord => {
  const { input, plan, asked, brief } = parts;
  const votes = finalVotes(asked.members, asked.secondVote);
  const quorum = asked.stage === 'quick' ? 1 : plan.quorumNeeded;
  const answers = strategyInput(plan, input, votes, {
    quorum,
    ...votesOf(parts, votes),
  });
  const all = runAllStrategies(answers);
  const chosen = all[plan.strategy];
  const status = statusOf(parts, chosen);
  const disputed = isDisputed(parts, all.consensus);
  const leaning = disputed && status === 'no_consensus' ? nearestAnswer(plan.strategy, answers).p : null;
  const said = status === 'decided' ? chosen.probability : leaning;
  const wanted = tradeOf(parts, said, sizeOf(parts, said, votes));
  const review = disputed ? wanted : null;
  const probability = status === 'decided' && review === null ? chosen.probability : null;
  const sizing = sizeOf(parts, review?.probability ?? probability, votes);
  const trade = status === 'decided' && review === null ? wanted : null;
  const result: DecisionResult = {
    decisionId: plan.decisionId,
    subject: input.subject,
    world: input.world,
    synthetic: plan.synthetic,
    status: review ? 'parked' : status,
    strategy: plan.strategy,
    stage: asked.stage,
    probability,
    action: trade?.action ?? 'hold',
    sizeMicroUsd: trade?.sizeMicroUsd ?? 0,
    why: [...(review ? [parkedText(plan.decisionId, review)] : []), ...whyOf(parts, chosen, sizing)],
    disagreement: chosen.disagreement && {
      stdP: chosen.disagreement.stdOfP,
      jensenShannon: chosen.disagreement.jensenShannon,
      uncertainty: chosen.disagreement.uncertainty,
    },
    quorum: chosen.participation,
    members: votes.map((member) => ({ ...member, weight: chosen.perMemberWeight[member.model] ?? null })),
    costMicroUsd: parts.earlier.costMicroUsd + costOf(asked),
    mode: plan.mode,
    degradations: [...plan.degradations, ...standInText(plan, asked.members)],
    research: brief,
    providerCalls: parts.earlier.sends + sendsOf(asked),
    candidates: plan.candidates,
    ...(callsOf(asked).some(({ failure }) => isBudget(failure)) ? { budgetReached: true } : {}),
  };
  const shadow = Object.values(all).map((each) => ({
    strategy: each.strategy,
    status: each.status,
    probability: each.probability,
    leaning: nearestAnswer(each.strategy, answers).p,
  }));
  return {
    input,
    plan,
    result,
    shadow,
    ...(asked.secondVote.length > 0 ? { firstVotes: asked.members } : {}),
    secondVote: asked.secondVote,
    sizing,
    selectedModel: chosen.selectedModel,
    ...(review ? { review } : {}),
    ...(parts.cutOff ? { cutOff: true } : {}),
  };
};
