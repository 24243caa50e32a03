// Market sessions from outside: start, follow, read.

import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { DecisionRecord } from '../db/decision-record';
import { lateSeconds } from '../domain/desk/lateness';
import { formatUsd } from '../domain/money/micro-usd';
import type { DecisionProgress } from '../workflows/contracts/decision';
import type { BriefRef } from '../workflows/contracts/research';
import type { SessionProgress, SessionRequest, SessionTarget } from '../workflows/contracts/session';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import { decisionDocument, researchDocument } from './documents';
import { checkStrategy } from './inputs';
import { outcomeOf } from './workflow-result';

/**
 * Starts the session that a request means. Returns as soon as it is known which that is.
 * @throws BadInput for a strategy that could decide none of its subjects
 */
export const startSession = async (
  client: ConclaveClient,
  request: SessionRequest,
): Promise<SessionTarget> => {
  checkStrategy(request);
  const start = new WithStartWorkflowOperation('sessionTrigger', {
    workflowId: `trigger:${request.market}:${request.kind}:${request.requestKey}`,
    taskQueue: CONCLAVE_QUEUE,
    args: [request],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `session trigger · ${request.market} · ${request.kind}`,
  });
  return client.temporal.workflow.executeUpdateWithStart<Workflow, SessionTarget, []>('sessionTarget', {
    startWorkflowOperation: start,
  });
};

/** Waits for a session's end, over server restarts. @throws when it failed. */
export const sessionEnd = (client: ConclaveClient, sessionId: string): Promise<unknown> =>
  outcomeOf(client.temporal.workflow.getHandle(sessionId).result());

export interface SessionView {
  readonly progress: SessionProgress;
  readonly running: readonly { readonly subject: string; readonly decision: DecisionProgress | null }[];
  readonly decided: readonly DecisionRecord[];
}

/** Running decisions looked into at once for the live view. */
const SHOWN_RUNNING = 12;

/** What a session's workflow says of itself, and each of its first running decisions. */
export const sessionRunning = async (
  client: ConclaveClient,
  sessionId: string,
): Promise<Pick<SessionView, 'progress' | 'running'>> => {
  const progress = await client.temporal.workflow.getHandle(sessionId).query<SessionProgress>('progress');
  const running = await Promise.all(
    progress.running.slice(0, SHOWN_RUNNING).map(async ({ subject, decisionId }) => ({
      subject,
      decision: await client.temporal.workflow
        .getHandle(decisionId)
        .query<DecisionProgress>('progress')
        .catch(() => null),
    })),
  );
  return { progress, running };
};

/** What a live view shows: decided subjects from Postgres, running ones from their workflows. */
export const sessionView = async (client: ConclaveClient, sessionId: string): Promise<SessionView> => ({
  ...(await sessionRunning(client, sessionId)),
  decided: await sessionDecisions(client, sessionId),
});

/** All decisions of a session, in the order of its subjects. */
export const sessionDecisions = async (
  client: ConclaveClient,
  sessionId: string,
): Promise<readonly DecisionRecord[]> => {
  const session = await client.stores.sessions.get(sessionId);
  if (!session) return [];
  const found: DecisionRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.stores.decisions.list({
      world: session.world,
      sessionId,
      limit: 500,
      ...(cursor ? { cursor } : {}),
    });
    found.push(...page.decisions);
    cursor = page.next ?? undefined;
  } while (cursor);
  const order = new Map(session.subjects.map((subject, index) => [subject, index]));
  return found.sort((a, b) => (order.get(a.subject) ?? 0) - (order.get(b.subject) ?? 0));
};

/** `session --json`. @throws Error when the session is unknown. */
export const sessionDocument = async (client: ConclaveClient, sessionId: string) => {
  const session = await client.stores.sessions.get(sessionId);
  if (!session) throw new Error(`session ${sessionId} is not stored`);
  const decisions = await sessionDecisions(client, sessionId);
  return {
    sessionId: session.id,
    market: session.market,
    date: session.date,
    kind: session.kind,
    mode: session.mode,
    synthetic: session.synthetic,
    status: session.status,
    /** Subjects without a decision, and why; null: each has one. */
    note: session.note,
    scheduledAt: session.scheduledAt,
    startedAt: session.startedAt,
    /** How much later than scheduled it started; null for a run by hand. */
    lateSeconds: lateSeconds(session.scheduledAt, session.startedAt),
    subjects: decisions.map((decision) => ({
      subject: decision.subject,
      research: researchDocument((decision.details.research ?? null) as BriefRef | null),
      decision: decisionDocument(decision),
    })),
    totals: {
      costUsd: formatUsd(session.costMicroUsd),
      savedUsd: formatUsd(session.savedMicroUsd),
      providerCalls: session.providerCalls,
      wallMs: session.wallMs ?? 0,
    },
  };
};
