// One workflow per request key: whoever comes again attaches to it, also after its end, and nothing is paid twice.
import { createHash } from 'node:crypto';
import {
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { ConclaveClient } from './connect';

export type OnceOptions = Omit<WorkflowStartOptions, 'workflowIdConflictPolicy' | 'workflowIdReusePolicy'>;

/** Starts the workflow, or gives the one of that id, running or ended. One that failed or was cancelled runs anew. */
export const startOnce = async (
  { temporal }: Pick<ConclaveClient, 'temporal'>,
  type: string,
  options: OnceOptions,
): Promise<WorkflowHandle> => {
  try {
    return await temporal.workflow.start(type, {
      ...options,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    } as WorkflowStartOptions);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return temporal.workflow.getHandle(options.workflowId);
  }
};

/** The request key alone would attach to a run that was asked for something else: what is asked is part of the key. */
export const keyWithInput = (requestKey: string, input: object): string =>
  `${requestKey}-${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 8)}`;
