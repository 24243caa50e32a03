// One subject of a panel: its shared brief, its statement, and all analysts on it side by side.
import { isCancellation } from '@temporalio/workflow';
import type { FailureKind } from '../domain/outage/failure';
import { store } from './activity-stubs';
import { awaitBrief } from './await-brief';
import {
  type CallOutcome,
  type CallRequest,
  callWithFailover,
  inOrder,
  problemText,
} from './call-with-failover';
import type { CallsTogether } from './calls-together';
import { quotedBy } from './contracts/calls';
import {
  type OpenedSubject,
  type PanelAnalyst,
  type PanelInput,
  type PanelPlan,
  type PanelPrediction,
  type PanelSubject,
  unaskedSubject,
} from './contracts/panel';
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
  readonly together: CallsTogether;
  /** Answers of research so far. */
  readonly ready: readonly BriefReady[];
}

export interface AskedSubject {
  readonly about: PanelSubject;
  readonly research: BriefRef | null;
}

/** Waits for the run that writes the brief, then asks what there is to ask about. */
const awaitResearch = async (
  { input, ready }: PanelContext,
  { subject, researchId, runId }: OpenedSubject,
): Promise<AskedSubject> => {
  const underWay = { researchId: researchId!, ...(runId ? { runId } : {}) };
  const { brief, failure } = (await awaitBrief(underWay, ready, null))!;
  try {
    const about = await store.describePanelSubject({ input, subject, brief, failure });
    return { about, research: brief };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { about: unaskedSubject(subject, failureText(error)), research: brief };
  }
};

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
      ...quotedBy(asked.about.price, asked.about.priceAt),
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
  const problem = result ? null : problemText(hops);
  const failure = result ? (result.probability === null ? 'malformed' : null) : outcome.failure;
  return {
    subject,
    analyst: analyst.id,
    group: analyst.group,
    promptVersion: analyst.version,
    status: statusOf(failure),
    failure,
    ...(problem === null ? {} : { problem }),
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
  const opened = plan.subjects.find((each) => each.subject === subject)!;
  const asked: AskedSubject = opened.about
    ? { about: opened.about, research: opened.brief }
    : await awaitResearch(context, opened);
  note(asked);
  if (asked.about.propositionId === null) return;
  board.enter('asking');
  const requests = input.analysts.map((analyst) => requestFor(context, subject, asked, analyst));
  const first = plan.together
    ? context.together.ask(requests, plan.candidates[0]!, `analysts · ${subject}`)
    : null;
  const next = inOrder(plan.candidates);
  await Promise.all(
    input.analysts.map(async (analyst, index) => {
      board.asking(subject, analyst.id);
      const request = requests[index]!;
      const outcome = await callWithFailover(request, next, null, first?.get(request.keyPrefix));
      board.landed(toPrediction(context, subject, analyst, outcome));
    }),
  );
};
