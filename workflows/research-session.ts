// Makes one brief: gathers facts, has them written up and verified, stores the result, tells who waits.
// An event that covers the subject while this runs makes it start over; a stale brief is never stored.
import {
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { gather, store } from './activity-stubs';
import { type CallOutcome, type CallRequest, callWithFailover, inOrder } from './call-with-failover';
import type { CallTask, Candidate, Hop } from './contracts/calls';
import {
  type BriefRef,
  type GatheredFacts,
  NO_BRIEF,
  type ResearchInput,
  type ResearchOutcome,
  type ResearchPlan,
} from './contracts/research';
import { PRIORITY } from './contracts/task-queues';
import { detailsTable } from './details-table';
import { failureText } from './failure-text';
import { addWaiter, marketEvent } from './messages';
import { createResearchWaiters, type ResearchWaiters } from './research-waiters';
import { type WrittenBrief, writeBrief } from './research-writing';
import { runUnless } from './run-unless';

/** A run that events restart more often than this ends as failed rather than never. */
const MAX_RESTARTS = 20;

interface Session {
  readonly input: ResearchInput;
  /** Id of its row. */
  readonly sessionRow: string;
  /** The reader that what is made is charged to; the others have joined. */
  readonly payer: string;
  readonly hops: Hop[];
  readonly waiters: ResearchWaiters;
  readonly events: { stale: boolean };
}

interface Round extends Session {
  readonly runKey: string;
  readonly restarts: number;
}

export async function researchSession(input: ResearchInput): Promise<ResearchOutcome> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const waiters = createResearchWaiters(input);
  const events = { stale: false };
  setHandler(addWaiter, waiters.add);
  setHandler(marketEvent, () => {
    events.stale = true;
  });
  const session = (made: number, payer: string): Session => {
    const sessionRow = `${workflowId}/${firstExecutionRunId}${made === 0 ? '' : `~${made}`}`;
    return { input, sessionRow, payer, hops: [], waiters, events };
  };

  let outcome = input.refresh ? null : await answerFromCache(session(0, input.reader));
  for (let made = 0; ; made += 1) {
    const refresher = waiters.takeRefreshers();
    // Who wants a refresh and came when there was a brief already is answered with the next one.
    if (outcome && refresher === null) return outcome;
    outcome = await makeBrief(session(made, outcome && refresher ? refresher : input.reader));
  }
}

/** Null when there is no fresh brief. */
const answerFromCache = async (session: Session): Promise<ResearchOutcome | null> => {
  try {
    const known = await store.findBrief(session.input);
    return known && (await finish(session, known, 0));
  } catch (error) {
    return fail(session, error, 0);
  }
};

/** Researches until no event has covered the subject meanwhile. */
const makeBrief = async (session: Session): Promise<ResearchOutcome> => {
  const { sessionRow, events } = session;
  let restarts = 0;
  try {
    for (; ; restarts += 1) {
      events.stale = false;
      const round: Round = { ...session, runKey: `${sessionRow}/${restarts}`, restarts };
      const brief = await runUnless(
        () => events.stale,
        () => researchOnce(round),
      );
      if (brief) return await finish(session, brief, restarts);
      if (restarts === MAX_RESTARTS)
        throw new Error(`market events restarted this research ${MAX_RESTARTS} times`);
      session.waiters.takeRefreshers();
    }
  } catch (error) {
    return fail(session, error, restarts);
  }
};

/** Cancelled research is on record too, and who waits for it is told. */
const fail = async (session: Session, error: unknown, restarts: number): Promise<ResearchOutcome> => {
  const cancelled = isCancellation(error);
  const failure = cancelled ? 'the research was cancelled' : failureText(error);
  await CancellationScope.nonCancellable(() =>
    store.failResearch({
      ...{ sessionRow: session.sessionRow, failure, restarts },
      ...(cancelled ? { cancelled } : {}),
    }),
  );
  session.waiters.takeRefreshers();
  return tell(session, { brief: null, failure, restarts });
};

const finish = (session: Session, brief: BriefRef, restarts: number): Promise<ResearchOutcome> =>
  tell(session, { brief, failure: null, restarts });

const tell = async (
  { payer, waiters, hops }: Session,
  answer: Pick<ResearchOutcome, 'brief' | 'failure' | 'restarts'>,
): Promise<ResearchOutcome> => {
  const { brief, failure } = answer;
  const ready = { researchId: workflowInfo().workflowId, brief, failure };
  await CancellationScope.nonCancellable(() => waiters.tell(ready, payer));
  return { ...answer, initiator: payer, hops };
};

/** One round. Null when a covering event came before the brief could be stored. */
const researchOnce = async (round: Round): Promise<BriefRef | null> => {
  const { input, runKey, restarts, hops } = round;
  const plan = await store.planResearch({ research: input, sessionRow: round.sessionRow, restarts });
  showState(round, 'gathering', null);
  const facts = await gather.gatherFacts.executeWithOptions({ summary: `facts · ${input.subject}` }, [input]);
  showState(round, 'writing', facts);
  const written = await write(round, plan, facts);
  if (!written.result) throw new Error(`${NO_BRIEF}${written.failure}`);
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
  round.waiters.keepRefreshersApart();
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
    interrupted: waiters.someImpatient,
    whileWaiting: async () => {
      showState(round, 'waiting for language models', facts);
      await waiters.sendAway({ researchId: workflowInfo().workflowId, brief: null, failure: OUT });
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

const showState = (round: Round, state: string, facts: GatheredFacts | null): void => {
  const { subject, kind, template } = round.input;
  setCurrentDetails(
    detailsTable(
      ['subject', 'kind', 'template', 'state', 'restarts', 'facts'],
      [[subject, kind, template, state, round.restarts, facts?.items ?? null]],
    ),
  );
};
