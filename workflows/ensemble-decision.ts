// One decision: gets the shared brief, asks the members stage by stage, combines what they said, records it.
import {
  allHandlersFinished,
  condition,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURE_KINDS } from '../domain/outage/failure';
import { passesByItself } from '../domain/outage/waiting';
import { store } from './activity-stubs';
import { awaitBrief } from './await-brief';
import type { DecisionInput, DecisionResult } from './contracts/decision';
import type { ArmsInput, RecordedDecision } from './contracts/experiment';
import { type BriefReady, type BriefRef, NO_BRIEF } from './contracts/research';
import { decisionAttributes } from './decision-attributes';
import { createDecisionBoard } from './decision-board';
import { withinDeadline } from './decision-deadline';
import { combine } from './decision-result';
import { startDecisionReview } from './decision-review';
import { askInRounds, NO_EARLIER_ROUNDS, type Prepared } from './decision-rounds';
import { startExperimentArms } from './experiment-arms';
import { failureText } from './failure-text';
import { briefReady, decisionProgress, earlyAnswer, earlyAnswerSoFar } from './messages';
import { startProbation } from './probation';

export async function ensembleDecision(input: DecisionInput): Promise<DecisionResult> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const board = createDecisionBoard((table) => setCurrentDetails(table));
  const ready: BriefReady[] = [];
  setHandler(briefReady, (message) => void ready.push(message));
  setHandler(decisionProgress, () => board.progress());
  setHandler(earlyAnswerSoFar, () => board.early());
  setHandler(earlyAnswer, async () => {
    await condition(() => board.early() !== null);
    return board.early()!;
  });

  let prepared: Prepared | null = null;
  let earlier = NO_EARLIER_ROUNDS;
  let known: BriefRef | null = null;
  const prepare = async (leftMs: number | null): Promise<Prepared> => {
    board.enter('research');
    // An answer of an earlier round is about an older brief.
    ready.length = 0;
    const research = await obtainBrief(input, { ready, leftMs, known });
    known = research.brief ?? known;
    board.enter('preparing');
    const plan = await store.prepareDecision({ decisionId: workflowId, input, research });
    upsertSearchAttributes(decisionAttributes.planned(input, plan));
    return { brief: research.brief, plan };
  };
  const asked = await withinDeadline(input.deadlineAt, (deadline) =>
    askInRounds({
      input,
      board,
      deadline,
      keyPrefix: `${workflowId}/${firstExecutionRunId}`,
      prepare: () => prepare(deadline.leftMs()),
      note: (state) => {
        prepared = state.prepared;
        earlier = state.earlier;
      },
    }),
  );
  // Cut off before anything was prepared: there is still a row that says so.
  const { plan, brief } = prepared ?? (await prepare(0));
  board.enter('recording');
  const record = combine({
    input,
    plan,
    brief,
    asked: asked ?? { stage: board.stage(), members: board.members(), secondVote: [], critiques: [] },
    earlier,
    expired: isOverdue(input),
    cutOff: asked === null,
  });
  const recorded = asRecorded(await store.recordDecision(record));
  const result: DecisionResult = { ...record.result, ...recorded.trade };
  await startDecisionReview(record, result.status);
  await startProbation({ input, plan, brief });
  await startExperimentArms(recorded.arms);
  board.finish(result);
  upsertSearchAttributes(decisionAttributes.decided(result));
  await condition(allHandlersFinished);
  return result;
}

/** Decisions under way since before trades were held against the moment of recording know the arms alone. */
const asRecorded = (stored: RecordedDecision | ArmsInput | null | undefined): Partial<RecordedDecision> =>
  stored && 'trade' in stored ? stored : { arms: stored ?? null };

interface ResearchForDecision {
  readonly brief: BriefRef | null;
  /** Why there is none, where one was wanted. */
  readonly failure: string | null;
}

const isOverdue = ({ deadlineAt }: DecisionInput): boolean =>
  deadlineAt !== null && Date.now() >= Date.parse(deadlineAt);

const LATE_RESEARCH = 'the deadline passed before the research was done';

/** How a run ends only for who let nobody stand in, as warming does; a decision's own would have had the house write. */
const OF_ANOTHERS_TERMS = ['budget', ...FAILURE_KINDS.filter(passesByItself)].map(
  (kind) => `${NO_BRIEF}${kind}`,
);

/** Looks for a run of its own after one that others' terms ended: that one may just be ending. */
const MORE_RUNS = 3;
const BETWEEN_RUNS = '2 seconds';

/** Starts or joins the research of this subject and waits for its signal, up to the deadline. */
const obtainBrief = async (
  input: DecisionInput,
  {
    ready,
    leftMs,
    known,
  }: {
    readonly ready: BriefReady[];
    readonly leftMs: number | null;
    /** Of an earlier round: paid for or counted as read then, and new enough for who wanted one made anew. */
    readonly known: BriefRef | null;
  },
): Promise<ResearchForDecision> => {
  const { research } = input;
  if (!research) return { brief: null, failure: null };
  // Research is paid, and nothing that follows could be of use. Decisions of before this rule began it all the same.
  if (leftMs !== null && leftMs <= 0 && patched('no-research-after-deadline'))
    return { brief: null, failure: LATE_RESEARCH };
  const endMs = leftMs === null ? null : Date.now() + leftMs;
  const attach = () =>
    store.attachResearch({
      research: {
        world: input.world,
        asOf: input.asOf,
        subject: input.subject,
        ...research,
        ...(known ? { refresh: false, knownBriefId: known.briefId } : {}),
        prices: input.prices,
        sessionId: input.sessionId,
        reader: workflowInfo().workflowId,
        waiters: [workflowInfo().workflowId],
        deadlineAt: input.deadlineAt,
      },
    });
  try {
    for (let more = MORE_RUNS; ; more -= 1) {
      const attached = await attach();
      if (attached.status === 'hit')
        return { brief: attached.brief.briefId === known?.briefId ? known : attached.brief, failure: null };
      // The first wait counts from here, as it did before there was another.
      const waitMs = endMs === null || more === MORE_RUNS ? leftMs : endMs - Date.now();
      const answer = await awaitBrief(attached, ready, waitMs);
      if (answer === null) return { brief: null, failure: LATE_RESEARCH };
      const again = more > 0 && OF_ANOTHERS_TERMS.includes(answer.failure ?? '');
      if (!again || !patched('own-research-after-anothers')) return answer;
      ready.length = 0;
      await sleep(BETWEEN_RUNS);
    }
  } catch (error) {
    return { brief: null, failure: failureText(error) };
  }
};
