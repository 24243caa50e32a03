// One decision: gets the shared brief, asks the members stage by stage, combines what they said, records it.
import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { DecisionInput, DecisionResult } from './contracts/decision';
import type { BriefReady, BriefRef } from './contracts/research';
import { decisionAttributes } from './decision-attributes';
import { createDecisionBoard } from './decision-board';
import { combine } from './decision-result';
import { runStages } from './decision-stages';
import { failureText } from './failure-text';
import { briefReady, decisionProgress, earlyAnswer } from './messages';
import { runUnless } from './run-unless';

export async function ensembleDecision(input: DecisionInput): Promise<DecisionResult> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const board = createDecisionBoard((table) => setCurrentDetails(table));
  const ready: BriefReady[] = [];
  setHandler(briefReady, (message) => void ready.push(message));
  setHandler(decisionProgress, () => board.progress());
  setHandler(earlyAnswer, async () => {
    await condition(() => board.early() !== null);
    return board.early()!;
  });

  const research = await obtainBrief(input, ready);
  board.enter('preparing');
  const plan = await store.prepareDecision({ decisionId: workflowId, input, research });
  upsertSearchAttributes(decisionAttributes.planned(input, plan));
  const asked = await withinDeadline(input, () =>
    runStages({
      input,
      plan,
      board,
      brief: research.brief,
      keyPrefix: `${workflowId}/${firstExecutionRunId}`,
      taken: new Set(),
    }),
  );
  board.enter('recording');
  const record = combine({
    input,
    plan,
    brief: research.brief,
    asked: asked ?? { stage: board.stage(), members: board.members(), secondVote: [] },
    expired: asked === null,
  });
  await store.recordDecision(record);
  const { result } = record;
  board.finish(result);
  upsertSearchAttributes(decisionAttributes.decided(result));
  await condition(allHandlersFinished);
  return result;
}

export interface ResearchForDecision {
  readonly brief: BriefRef | null;
  /** Why there is none, where one was wanted. */
  readonly failure: string | null;
}

/** Starts or joins the research of this subject and waits for its signal, however long that takes. */
const obtainBrief = async (
  input: DecisionInput,
  ready: readonly BriefReady[],
): Promise<ResearchForDecision> => {
  if (!input.research) return { brief: null, failure: null };
  try {
    const attached = await store.attachResearch({
      research: {
        world: input.world,
        asOf: input.asOf,
        subject: input.subject,
        ...input.research,
        prices: input.prices,
        sessionId: input.sessionId,
        reader: workflowInfo().workflowId,
        waiters: [workflowInfo().workflowId],
      },
    });
    if (attached.status === 'hit') return { brief: attached.brief, failure: null };
    const answered = () => ready.find((message) => message.researchId === attached.researchId);
    await condition(() => answered() !== undefined);
    return { brief: answered()!.brief, failure: answered()!.failure };
  } catch (error) {
    return { brief: null, failure: failureText(error) };
  }
};

/** Null when the deadline passed first: what was asked by then is recorded, nothing is traded. */
const withinDeadline = async <T>(input: DecisionInput, work: () => Promise<T>): Promise<T | null> => {
  if (!input.deadlineAt) return work();
  let passed = false;
  void sleep(Math.max(1, Date.parse(input.deadlineAt) - Date.now())).then(
    () => {
      passed = true;
    },
    () => undefined,
  );
  return runUnless(() => passed, work);
};
