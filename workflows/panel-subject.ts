// One subject of a panel: its shared brief, its statement, and all analysts on it side by side.
import { condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { FailureKind } from '../domain/outage/failure';
import { store } from './activity-stubs';
import { type CallOutcome, type CallRequest, callWithFailover, inOrder } from './call-with-failover';
import type { PanelAnalyst, PanelInput, PanelPlan, PanelPrediction, PanelSubject } from './contracts/panel';
import type { BriefReady, BriefRef } from './contracts/research';
import { failureText } from './failure-text';
import type { PanelBoard } from './panel-board';

export interface PanelContext {
  readonly panelId: string;
  /** `<workflow id>/<first run id>`. */
  readonly keyPrefix: string;
  readonly input: PanelInput;
  readonly plan: PanelPlan;
  readonly board: PanelBoard;
  /** Answers of research so far. */
  readonly ready: readonly BriefReady[];
}

export interface AskedSubject {
  readonly about: PanelSubject;
  readonly research: BriefRef | null;
}

const obtainBrief = async (
  { input, ready }: PanelContext,
  subject: string,
): Promise<{ readonly brief: BriefRef | null; readonly failure: string | null }> => {
  const { workflowId } = workflowInfo();
  try {
    const attached = await store.attachResearch({
      research: {
        world: input.world,
        asOf: input.asOf,
        subject,
        ...input.research,
        prices: input.prices,
        sessionId: null,
        reader: workflowId,
        waiters: [workflowId],
      },
    });
    if (attached.status === 'hit') return { brief: attached.brief, failure: null };
    const answer = () => ready.find((message) => message.researchId === attached.researchId);
    await condition(() => answer() !== undefined);
    return { brief: answer()!.brief, failure: answer()!.failure };
  } catch (error) {
    return { brief: null, failure: failureText(error) };
  }
};

/** What is asked about one symbol; one that cannot be asked about does not end the panel of the others. */
const describe = async (
  { input }: PanelContext,
  subject: string,
  brief: BriefRef | null,
  failure: string | null,
) => {
  try {
    return await store.describePanelSubject({ input, subject, brief, failure });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return unasked(subject, failureText(error));
  }
};

/** A subject that nothing could be asked about, and why. */
export const unasked = (subject: string, missing: string): PanelSubject => ({
  propositionId: null,
  statement: `Nothing could be asked about ${subject}`,
  category: 'unanswerable',
  resolvesAt: null,
  price: null,
  seriesId: null,
  missing,
});

/** The wording's version is part of the key: answers to another wording are never taken for this one's. */
const requestFor = (
  context: PanelContext,
  subject: string,
  asked: AskedSubject,
  analyst: PanelAnalyst,
): CallRequest => {
  const { input, plan, panelId, keyPrefix } = context;
  return {
    keyPrefix: `${keyPrefix}/${subject}/${analyst.id}@${analyst.version}`,
    summary: `${analyst.name} · ${subject}`,
    task: {
      type: 'analyst',
      analyst: analyst.id,
      promptVersion: analyst.version,
      propositionId: asked.about.propositionId!,
      briefId: asked.research?.briefId ?? null,
      seriesId: asked.about.seriesId,
      dossierId: asked.research?.dossierId ?? null,
    },
    world: input.world,
    asOf: input.asOf,
    feature: 'panel',
    category: asked.about.category,
    scopes: { decisionId: panelId },
    deadlineMs: plan.callDeadlineMs,
    maxCostMicroUsd: input.maxCostMicroUsd,
    priority: input.priority,
  };
};

const statusOf = (failure: FailureKind | null): PanelPrediction['status'] => {
  if (failure === null) return 'answered';
  return failure === 'no_data' ? 'abstained' : 'failed';
};

const toPrediction = (
  { plan }: PanelContext,
  subject: string,
  analyst: PanelAnalyst,
  outcome: CallOutcome,
): PanelPrediction => {
  const { result, hops } = outcome;
  // An answer without a probability would be an opinion that nobody gave.
  const failure = result ? (result.probability === null ? 'malformed' : null) : outcome.failure;
  return {
    subject,
    analyst: analyst.id,
    group: analyst.group,
    promptVersion: analyst.version,
    status: statusOf(failure),
    failure,
    probability: failure === null ? result!.probability : null,
    model: result?.model ?? plan.candidates[0]!.model,
    provider: result?.provider ?? plan.candidates[0]!.provider,
    modelVersion: result?.modelVersion ?? null,
    answerKey: result?.key ?? null,
    costMicroUsd: outcome.costMicroUsd,
    latencyMs: hops.reduce((total, hop) => total + hop.latencyMs, 0),
    sends: outcome.sends,
  };
};

/** What stands for an analyst whose answer had not landed when the panel's deadline passed. */
export const timedOut = (plan: PanelPlan, subject: string, analyst: PanelAnalyst): PanelPrediction => ({
  subject,
  analyst: analyst.id,
  group: analyst.group,
  promptVersion: analyst.version,
  status: 'failed',
  failure: 'timed_out',
  probability: null,
  model: plan.candidates[0]!.model,
  provider: plan.candidates[0]!.provider,
  modelVersion: null,
  answerKey: null,
  costMicroUsd: null,
  latencyMs: 0,
  sends: 0,
});

/** Researches the subject, then asks every analyst at once; each answer goes on the board as it lands. */
export const askAboutSubject = async (
  context: PanelContext,
  subject: string,
  note: (asked: AskedSubject) => void,
): Promise<void> => {
  const { input, board, plan } = context;
  const { brief, failure } = await obtainBrief(context, subject);
  const about = await describe(context, subject, brief, failure);
  const asked: AskedSubject = { about, research: brief };
  note(asked);
  if (about.propositionId === null) return;
  board.enter('asking');
  await Promise.all(
    input.analysts.map(async (analyst) => {
      board.asking(subject, analyst.id);
      const request = requestFor(context, subject, asked, analyst);
      board.landed(
        toPrediction(context, subject, analyst, await callWithFailover(request, inOrder(plan.candidates))),
      );
    }),
  );
};
