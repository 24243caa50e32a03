// Whether a workflow is under way: what ended, however it did, and what is forgotten by now is not.
import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/** @throws what the connection fails with: then nothing is known */
export const isRunning = async (client: Client, workflowId: string, runId?: string): Promise<boolean> => {
  try {
    return (await client.workflow.getHandle(workflowId, runId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};
