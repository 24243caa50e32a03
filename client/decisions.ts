// Single decisions from outside.

import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { DecisionInput, DecisionResult, EarlyAnswer } from '../workflows/contracts/decision';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { decisionId } from '../workflows/contracts/workflow-ids';
import type { ConclaveClient } from './connect';
import { outcomeOf } from './workflow-result';

export interface DecisionHandle {
  readonly decisionId: string;
  /** What the current stage says, as soon as it says anything. */
  early(): Promise<EarlyAnswer>;
  result(): Promise<DecisionResult>;
}

/** Starts a decision; the same request key attaches to the one that exists. */
export const startDecision = async (
  client: ConclaveClient,
  input: DecisionInput,
  requestKey: string,
): Promise<DecisionHandle> => {
  const id = decisionId(input.subject, requestKey);
  const options = {
    workflowId: id,
    taskQueue: CONCLAVE_QUEUE,
    args: [input] as [DecisionInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    // Of all its work: someone waits for it, before whatever a session has queued.
    priority: { priorityKey: input.priority },
    staticSummary: `decision · ${input.subject}`,
    staticDetails: `world ${input.world}, as of ${input.asOf ?? 'now'}`,
  };
  const handle = await client.temporal.workflow.start('ensembleDecision', options);
  return {
    decisionId: id,
    early: () =>
      client.temporal.workflow.executeUpdateWithStart<Workflow, EarlyAnswer, []>('earlyAnswer', {
        startWorkflowOperation: new WithStartWorkflowOperation('ensembleDecision', options),
      }),
    result: () => outcomeOf(handle.result() as Promise<DecisionResult>),
  };
};
