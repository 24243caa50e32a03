// Market events from outside: acknowledged means that the new epoch is committed.

import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { EventAck, MarketEventSignal } from '../workflows/contracts/events';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { MARKET_EVENTS_ID } from '../workflows/contracts/workflow-ids';
import type { ConclaveClient } from './connect';

export const sendMarketEvent = (client: ConclaveClient, event: MarketEventSignal): Promise<EventAck> =>
  client.temporal.workflow.executeUpdateWithStart<Workflow, EventAck, [MarketEventSignal]>('recordEvent', {
    args: [event],
    startWorkflowOperation: new WithStartWorkflowOperation('marketEvents', {
      workflowId: MARKET_EVENTS_ID,
      taskQueue: CONCLAVE_QUEUE,
      args: [],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    }),
  });
