// Makes one brief: gathers facts, has them written up and verified, stores the result, tells who waits.
// An event that covers the subject while this runs makes it start over; a stale brief is never stored.
import { getExternalWorkflowHandle, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { gather, store } from './activity-stubs';
import { type CallOutcome, type CallRequest, callWithFailover, inOrder } from './call-with-failover';
import type { CallTask, Candidate, Hop } from './contracts/calls';
import type {
  BriefRef,
  GatheredFacts,
  ResearchInput,
  ResearchOutcome,
  ResearchPlan,
} from './contracts/research';
import { PRIORITY } from './contracts/task-queues';
import { detailsTable } from './details-table';
import { failureText } from './failure-text';
import { addWaiter, briefReady, marketEvent } from './messages';
import { type WrittenBrief, writeBrief } from './research-writing';
import { runUnless } from './run-unless';

/** A run that events restart more often than this ends as failed rather than never. */
const MAX_RESTARTS = 20;

interface Round {
  readonly input: ResearchInput;
  readonly sessionRow: string;
  readonly runKey: string;
  readonly restarts: number;
  readonly hops: Hop[];
  readonly waiters: Waiter[];
}

interface Waiter {
  readonly workflowId: string;
  /** Null: it does not wait out an outage. */
  readonly deadlineAt: string | null;
}

export async function researchSession(input: ResearchInput): Promise<ResearchOutcome> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const sessionRow = `${workflowId}/${firstExecutionRunId}`;
  const waiters: Waiter[] = [];
  const hops: Hop[] = [];
  let stale = false;
  setHandler(addWaiter, (waiter, deadlineAt = null) => void waiters.push({ workflowId: waiter, deadlineAt }));
  setHandler(marketEvent, () => {
    stale = true;
  });

  const finish = async (
    brief: BriefRef | null,
    failure: string | null,
    restarts: number,
  ): Promise<ResearchOutcome> => {
    await tellWaiters(waiters, { researchId: workflowId, brief, failure }, input);
    return { brief, failure, initiator: input.reader, hops, restarts };
  };

  try {
    const known = input.refresh ? null : await store.findBrief(input);
    if (known) return await finish(known, null, 0);
    for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
      stale = false;
      const round: Round = {
        input,
        sessionRow,
        runKey: `${sessionRow}/${restarts}`,
        restarts,
        hops,
        waiters,
      };
      const brief = await runUnless(
        () => stale,
        () => researchOnce(round),
      );
      if (brief) return await finish(brief, null, restarts);
    }
    throw new Error(`market events restarted this research ${MAX_RESTARTS} times`);
  } catch (error) {
    const failure = failureText(error);
    await store.failResearch({ sessionRow, failure, restarts: 0 });
    return await finish(null, failure, 0);
  }
}

/** One round. Null when a covering event came before the brief could be stored. */
const researchOnce = async (round: Round): Promise<BriefRef | null> => {
  const { input, runKey, restarts, hops } = round;
  const plan = await store.planResearch({ research: input, sessionRow: round.sessionRow, restarts });
  showState(round, 'gathering', null);
  const facts = await gather.gatherFacts.executeWithOptions({ summary: `facts · ${input.subject}` }, [input]);
  showState(round, 'writing', facts);
  const written = await write(round, plan, facts);
  if (!written.result) throw new Error(`no brief could be written: ${written.failure}`);
  hops.push(...written.hops);
  showState(round, 'verifying', facts);
  const briefKey = written.result.key;
  const verified =
    plan.verifier.length > 0 && written.degraded === null
      ? await ask(round, plan, plan.verifier, 'verdict', {
          type: 'verdict',
          dossierId: facts.dossierId,
          kind: input.kind,
          briefKey,
        })
      : null;
  hops.push(...(verified?.hops ?? []));
  const stored = await store.storeBrief({
    research: input,
    runKey,
    sessionRow: round.sessionRow,
    epoch: plan.epoch,
    facts,
    briefKey,
    writtenBy: written.result.model,
    verdictKey: verified?.result?.key ?? null,
    verifiedBy: verified?.result?.model ?? null,
    costMicroUsd: (written.costMicroUsd ?? 0) + (verified?.costMicroUsd ?? 0),
    restarts,
    ...(written.degraded === null ? {} : { degraded: written.degraded }),
  });
  if (stored.status === 'superseded') return null;
  showState(round, 'stored', facts);
  return stored.brief;
};

const OUT = 'its language models are out, and without a deadline nobody waits for them';

const write = (round: Round, plan: ResearchPlan, facts: GatheredFacts): Promise<WrittenBrief> => {
  const { input, runKey, waiters } = round;
  const impatient = () => waiters.some(({ deadlineAt }) => deadlineAt === null);
  return writeBrief({
    plan,
    key: runKey,
    deadlineMs: input.deadlineAt ? Date.parse(input.deadlineAt) : null,
    ask: (candidates, step) =>
      ask(round, plan, candidates, step, {
        type: 'brief',
        dossierId: facts.dossierId,
        kind: input.kind,
        template: input.template,
      }),
    interrupted: impatient,
    whileWaiting: async () => {
      showState(round, 'waiting for language models', facts);
      const leaving = waiters.filter(({ deadlineAt }) => deadlineAt === null);
      waiters.splice(0, waiters.length, ...waiters.filter((waiter) => !leaving.includes(waiter)));
      await tellWaiters(leaving, { researchId: workflowInfo().workflowId, brief: null, failure: OUT }, input);
    },
  });
};

const ask = (
  round: Round,
  plan: ResearchPlan,
  candidates: readonly Candidate[],
  step: string,
  task: CallTask,
): Promise<CallOutcome> => {
  const { input, runKey } = round;
  const request: CallRequest = {
    keyPrefix: `${runKey}/${step}`,
    summary: `${step} · ${input.subject}`,
    task,
    world: input.world,
    asOf: input.asOf,
    feature: 'research',
    category: plan.category,
    scopes: input.sessionId ? { sessionId: input.sessionId } : {},
    deadlineMs: plan.deadlineMs,
    maxCostMicroUsd: null,
    priority: input.sessionId ? PRIORITY.session : PRIORITY.live,
  };
  return callWithFailover(request, inOrder(candidates));
};

/** Tells each waiter once, also those that come meanwhile; one that has ended meanwhile needs no answer. */
const tellWaiters = async (
  waiters: Waiter[],
  ready: { readonly researchId: string; readonly brief: BriefRef | null; readonly failure: string | null },
  input: ResearchInput,
): Promise<void> => {
  for (let waiter = waiters.shift(); waiter !== undefined; waiter = waiters.shift()) {
    const { workflowId } = waiter;
    const brief = ready.brief && workflowId !== input.reader ? joined(ready.brief) : ready.brief;
    if (brief) await store.recordBriefRead({ reader: workflowId, brief, research: input });
    await getExternalWorkflowHandle(workflowId)
      .signal(briefReady, { ...ready, brief })
      .catch(() => undefined);
  }
};

const joined = (brief: BriefRef): BriefRef => ({
  ...brief,
  cache: brief.cache === 'hit' ? 'hit' : 'joined',
  costMicroUsd: 0,
});

const showState = (round: Round, state: string, facts: GatheredFacts | null): void => {
  const { subject, kind, template } = round.input;
  setCurrentDetails(
    detailsTable(
      ['subject', 'kind', 'template', 'state', 'restarts', 'facts'],
      [[subject, kind, template, state, round.restarts, facts?.items ?? null]],
    ),
  );
};
