// Asks one member: along its own model first, then along substitutes that are no dearer and not yet taken.
import { DEFAULT_MAX_HOPS } from '../domain/outage/failover';
import { type CallRequest, callWithFailover, problemText } from './call-with-failover';
import { type CallTask, type Candidate, type Hop, quotedBy } from './contracts/calls';
import type { DecisionInput, DecisionPlan, MemberResult, PlannedMember } from './contracts/decision';
import type { BriefRef } from './contracts/research';
import type { DecisionBoard } from './decision-board';
import type { Hedging } from './hedged-call';
import { takeSubstitute } from './substitutes';

export interface StageContext {
  readonly input: DecisionInput;
  readonly plan: DecisionPlan;
  readonly board: DecisionBoard;
  readonly brief: BriefRef | null;
  /** `<workflow id>/<first run id>`. */
  readonly keyPrefix: string;
  /** Substitutes already standing in for someone. */
  readonly taken: Set<string>;
  /** True from the deadline on: no further hop begins; what is under way may still land. */
  readonly overdue: () => boolean;
}

export type Question =
  | { readonly round: 'first' }
  | { readonly round: 'critique' | 'second'; readonly keys: readonly string[] };

export const askMember = async (
  context: StageContext,
  member: PlannedMember,
  question: Question,
): Promise<MemberResult> => {
  if (question.round === 'first') context.board.asking(member.model);
  const reused = question.round === 'first' ? takenOver(context, member) : null;
  if (reused) {
    context.board.landed(member.model, reused);
    return reused;
  }
  const outcome = await callWithFailover(
    requestFor(context, question),
    candidatesFor(context, member, question),
    hedgingOf(context, question),
  );
  const { result, failure, hops, costMicroUsd } = outcome;
  const answeredBy = result?.model ?? member.model;
  const problem = answeredBy === member.model && result ? null : problemText(hops);
  const memberResult: MemberResult = {
    model: answeredBy,
    provider: result?.provider ?? member.provider,
    status: result ? 'answered' : 'failed',
    failure,
    probability: result?.probability ?? null,
    weight: null,
    costMicroUsd,
    latencyMs: outcome.latencyMs,
    answerKey: result?.key ?? null,
    standsInFor: answeredBy === member.model ? null : member.model,
    ...(problem === null ? {} : { problem }),
    modelVersion: result?.modelVersion ?? null,
    sends: outcome.sends,
    hops,
  };
  const final = result ? memberResult : withStoredAnswer(context, member, question, memberResult);
  if (question.round === 'first') context.board.landed(member.model, final);
  return final;
};

/** Nothing is asked where the same question was answered lately in other words; the cost is on that record. */
const takenOver = ({ plan }: StageContext, member: PlannedMember): MemberResult | null => {
  const reused = plan.reusedAnswers?.find((answer) => answer.model === member.model);
  if (!reused) return null;
  const { model, provider, probability, answerKey, modelVersion } = reused;
  return {
    ...{ model, provider, status: 'answered', failure: null, probability, weight: null, costMicroUsd: 0 },
    ...{ latencyMs: 0, answerKey, standsInFor: null, modelVersion, sends: 0, hops: [] },
  };
};

/** While nobody answers, a forecast made lately for the very same question stands in (mode `cached`). */
const withStoredAnswer = (
  { plan }: StageContext,
  member: PlannedMember,
  question: Question,
  failed: MemberResult,
): MemberResult => {
  const stored = plan.storedAnswers?.find((answer) => answer.model === member.model);
  if (!stored || question.round !== 'first') return failed;
  return {
    ...failed,
    status: 'answered',
    failure: null,
    probability: stored.probability,
    answerKey: stored.answerKey,
    modelVersion: stored.modelVersion,
  };
};

const taskFor = ({ plan, input, brief }: StageContext, question: Question): CallTask => {
  const about = {
    ...{ propositionId: plan.propositionId, briefId: brief?.briefId ?? null },
    ...quotedBy(plan.price, plan.priceAt),
  };
  if (question.round === 'critique') return { type: 'critique', ...about, answerKeys: question.keys };
  const forecast = { type: 'forecast' as const, ...about, seriesId: plan.seriesId, recorded: input.recorded };
  return question.round === 'second' ? { ...forecast, critiqueKeys: question.keys } : forecast;
};

const requestFor = (context: StageContext, question: Question): CallRequest => {
  const { input, plan } = context;
  return {
    keyPrefix: `${context.keyPrefix}/${question.round}`,
    summary: `${question.round === 'first' ? 'forecast' : question.round} · ${input.subject}`,
    task: taskFor(context, question),
    world: input.world,
    asOf: input.asOf,
    feature: 'decision',
    category: plan.category,
    scopes: { decisionId: plan.decisionId, ...(input.sessionId ? { sessionId: input.sessionId } : {}) },
    deadlineMs: plan.callDeadlineMs,
    maxCostMicroUsd: input.maxCostMicroUsd,
    recordedLatencyScale: input.recordedLatencyScale,
    priority: input.priority,
  };
};

/** The member itself, then untaken substitutes whose worst case is no dearer (requirement E6). */
const candidatesFor =
  (context: StageContext, member: PlannedMember, question: Question) =>
  (tried: readonly Hop[]): Candidate | null => {
    if (tried.length === 0) return member;
    if (question.round !== 'first' || context.overdue() || tried.length >= DEFAULT_MAX_HOPS) return null;
    return takeSubstitute(context.plan.substitutes, { seat: member, tried, taken: context.taken });
  };

/** A critique or second vote is its member's own: nobody else is asked beside it. */
const hedgingOf = ({ plan }: StageContext, { round }: Question): Hedging | null => {
  const { hedge, substitutes } = plan;
  return hedge && substitutes.length > 0 && round === 'first'
    ? { afterMs: ({ model }) => hedge.afterMs[model] ?? null }
    : null;
};
