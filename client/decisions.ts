// Single decisions from outside.

import { WorkflowNotFoundError } from '@temporalio/client';
import type { DecisionRecord } from '../db/decision-record';
import type { DecisionInput, DecisionResult, EarlyAnswer } from '../workflows/contracts/decision';
import { subjectAttributes } from '../workflows/contracts/search-attributes';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { decisionId } from '../workflows/contracts/workflow-ids';
import type { ConclaveClient } from './connect';
import { checkStrategy } from './inputs';
import { startOnce } from './start-once';
import { outcomeOf } from './workflow-result';

export interface DecisionHandle {
  readonly decisionId: string;
  /** What the current stage says, as soon as it says anything. */
  early(): Promise<EarlyAnswer>;
  result(): Promise<DecisionResult>;
  /** The same as it stands on record: when it was made, and how its review has ended since. */
  recorded(): Promise<DecisionResult | DecisionRecord>;
}

/** What a decision that has ended says. */
const finalAnswer = ({
  stage,
  status,
  probability,
  quorum,
}: DecisionResult | DecisionRecord): EarlyAnswer => ({
  ...{ stage, final: true, status, probability },
  ...{ answered: quorum.answered, asked: quorum.asked },
});

/**
 * Starts a decision; the same request key attaches to the one that exists, also after its end.
 * @throws BadInput for a strategy that could never decide it
 */
export const startDecision = async (
  client: ConclaveClient,
  input: DecisionInput,
  requestKey: string,
): Promise<DecisionHandle> => {
  checkStrategy(input);
  const id = decisionId(input.subject, requestKey);
  const handle = await startOnce(client, 'ensembleDecision', {
    workflowId: id,
    taskQueue: CONCLAVE_QUEUE,
    args: [input],
    // Of all its work: someone waits for it, before whatever a session has queued.
    priority: { priorityKey: input.priority },
    typedSearchAttributes: subjectAttributes(input),
    staticSummary: `decision · ${input.subject}`,
    staticDetails: `world ${input.world}, as of ${input.asOf ?? 'now'}`,
  });
  const result = () => outcomeOf(handle.result() as Promise<DecisionResult>);
  return {
    decisionId: id,
    early: () =>
      handle.executeUpdate<EarlyAnswer, []>('earlyAnswer').catch(async (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return finalAnswer(await result());
        throw error;
      }),
    result,
    recorded: async () => {
      const made = await result();
      return (await client.stores.decisions.get(id)) ?? made;
    },
  };
};

/**
 * What a decision says so far, without waiting and without a trace in its history, so that it can be asked again and
 * again; the final answer once it is stored.
 * @returns null before any stage has answered, and for a decision that failed
 * @throws WorkflowNotFoundError where there is no such decision
 */
export const answerSoFar = async (client: ConclaveClient, id: string): Promise<EarlyAnswer | null> => {
  const handle = client.temporal.workflow.getHandle(id);
  const stored = await client.stores.decisions.get(id);
  if (stored) return finalAnswer(stored);
  if ((await handle.describe()).status.name === 'RUNNING')
    return handle.query<EarlyAnswer | null>('earlyAnswer');
  // It may have ended between the two looks.
  const ended = await client.stores.decisions.get(id);
  return ended && finalAnswer(ended);
};
