// One desk run over a watchlist: decides every subject from shared research, side by side up to a limit, and
// keeps its own history small whatever the number of subjects.
import {
  CancellationScope,
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { DecisionInput, DecisionResult } from './contracts/decision';
import { subjectAttributes } from './contracts/search-attributes';
import type { SessionInput, SessionProgress, SessionResult, UndecidedSubject } from './contracts/session';
import { PRIORITY } from './contracts/task-queues';
import { decisionId } from './contracts/workflow-ids';
import { detailsTable, shownProbability } from './details-table';
import { ensembleDecision } from './ensemble-decision';
import { failureText } from './failure-text';
import { sessionProgress } from './messages';
import { sessionAttributes } from './session-attributes';

/** Subjects of one run; the rest follows in a new run, so that no history grows with the watchlist. */
const SUBJECTS_PER_RUN = 100;
/** Reasons of all subjects travel with the session. */
const LONGEST_REASON = 200;
/** Rows of the live table. */
const SHOWN = 25;

export async function marketSession(input: SessionInput): Promise<SessionResult> {
  const running = new Map<
    string,
    { readonly subject: string; readonly decisionId: string; readonly since: string }
  >();
  const landed: DecisionResult[] = [];
  const undecided: UndecidedSubject[] = [...(input.undecided ?? [])];
  let done = input.next;
  const progress = (): SessionProgress => ({
    sessionId: input.sessionId,
    total: input.subjects.length,
    done,
    running: [...running.values()],
  });
  setHandler(sessionProgress, progress);
  upsertSearchAttributes(sessionAttributes.begun(input));
  if (input.next === 0) await store.openSession(input);

  const last = Math.min(input.next + SUBJECTS_PER_RUN, input.subjects.length);
  const queue = input.subjects.slice(input.next, last);
  const worker = async (): Promise<void> => {
    for (let subject = queue.shift(); subject !== undefined; subject = queue.shift()) {
      running.set(subject, { subject, decisionId: childId(input, subject), since: new Date().toISOString() });
      const outcome = await decideOrSay(input, subject);
      if ('reason' in outcome) undecided.push(outcome);
      else landed.push(outcome);
      running.delete(subject);
      done += 1;
      show(input, progress(), landed, undecided);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, input.concurrency) }, worker));
  if (last < input.subjects.length)
    await continueAsNew<typeof marketSession>({ ...input, next: last, ...said(undecided) });
  const result = await store.closeSession({ ...input, ...said(undecided) });
  // Sessions of before are found by what was known when they began.
  if (patched('session-end-attributes')) upsertSearchAttributes(sessionAttributes.ended(result));
  return result;
}

const said = (undecided: readonly UndecidedSubject[]): Pick<SessionInput, 'undecided'> =>
  undecided.length > 0 ? { undecided } : {};

/** What befalls one decision ends no other and not the session; only the session's own end is passed on. */
const decideOrSay = async (
  input: SessionInput,
  subject: string,
): Promise<DecisionResult | UndecidedSubject> => {
  try {
    return await decide(input, subject);
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    return { subject, reason: failureText(error).slice(0, LONGEST_REASON) };
  }
};

/** The session's own id makes the child's, so that a restart finds the same decision. */
const childId = (input: SessionInput, subject: string): string => decisionId(subject, input.sessionId);

const decide = (input: SessionInput, subject: string): Promise<DecisionResult> => {
  const { request } = input;
  const decision: DecisionInput = {
    world: input.world,
    asOf: input.asOf,
    subject,
    sessionId: input.sessionId,
    stakeMicroUsd: input.stakeMicroUsd,
    strategy: request.strategy,
    members: request.members,
    horizonDays: request.horizonDays,
    research: { kind: request.researchKind, template: request.template, refresh: request.refresh },
    recorded: null,
    recordedLatencyScale: 0,
    prices: request.prices,
    deadlineAt: input.deadlineAt,
    maxCostMicroUsd: null,
    priority: PRIORITY.session,
  };
  return executeChild(ensembleDecision, {
    workflowId: childId(input, subject),
    args: [decision],
    parentClosePolicy: ParentClosePolicy.TERMINATE,
    typedSearchAttributes: subjectAttributes({ subject, world: input.world, market: input.request.market }),
    staticSummary: `decision · ${subject}`,
    staticDetails: `part of ${workflowInfo().workflowId}`,
  });
};

const show = (
  input: SessionInput,
  progress: SessionProgress,
  landed: readonly DecisionResult[],
  undecided: readonly UndecidedSubject[],
): void => {
  const rows = landed
    .slice(-SHOWN)
    .map((result) => [
      result.subject,
      result.status,
      result.stage,
      shownProbability(result.probability),
      result.action,
      (result.costMicroUsd / 1e6).toFixed(6),
    ]);
  const head = `${progress.done} of ${progress.total} subjects · ${input.request.market} ${input.date} ${input.request.kind}`;
  const missing = undecided.slice(-SHOWN).map(({ subject, reason }) => `\n\n${subject}: ${reason}`);
  setCurrentDetails(
    `${head}${missing.join('')}\n\n${detailsTable(['subject', 'status', 'stage', 'p', 'action', 'USD'], rows)}`,
  );
};
