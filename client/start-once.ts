// One workflow per request key: whoever comes again attaches to it, also after its end, and nothing is paid twice.
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
