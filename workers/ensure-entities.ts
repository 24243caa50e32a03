// Workflows that always run: started by whichever worker comes first.
import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { MARKET_EVENTS_ID } from '../workflows/contracts/workflow-ids';

export const ensureEntities = async (client: Client): Promise<void> => {
  await client.workflow.start('marketEvents', {
    workflowId: MARKET_EVENTS_ID,
    taskQueue: CONCLAVE_QUEUE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: 'market events · invalidates briefs',
  });
};
