// Workflows that always run: started by whichever worker comes first.
import { type Client, ScheduleOverlapPolicy, WorkflowIdConflictPolicy } from '@temporalio/client';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { ALERT_WATCH_ID, MARKET_EVENTS_ID, PROVIDER_WATCH_ID } from '../workflows/contracts/workflow-ids';
import { ensureReportSchedule } from './ensure-report-schedule';
import { ensureSchedule } from './ensure-schedule';
import { ensureTrackSchedules } from './ensure-track-schedules';

/** An alert is out within this, but for those of spending and of models' records, which are looked at every five minutes. */
const ALERT_LOOK_MS = 15_000;

export const ensureEntities = async (client: Client): Promise<void> => {
  await client.workflow.start('marketEvents', {
    workflowId: MARKET_EVENTS_ID,
    taskQueue: CONCLAVE_QUEUE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: 'market events · invalidates briefs',
  });
  await client.workflow.start('providerWatch', {
    workflowId: PROVIDER_WATCH_ID,
    taskQueue: CONCLAVE_QUEUE,
    args: [{ pending: null }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: 'provider watch · health, breakers, mode',
  });
  await client.workflow.start('alertWatch', {
    workflowId: ALERT_WATCH_ID,
    taskQueue: CONCLAVE_QUEUE,
    args: [{ everyMs: ALERT_LOOK_MS }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: 'alert watch · rules and deliveries',
  });
  await ensureHousekeeping(client);
  await ensureTrackSchedules(client);
  await ensureReportSchedule(client);
};

/** Once an hour; what was missed while the machine was off is not made up for. */
const ensureHousekeeping = (client: Client): Promise<void> =>
  ensureSchedule(client, {
    scheduleId: 'housekeeping',
    spec: { intervals: [{ every: '1 hour' }] },
    workflowType: 'housekeeping',
    workflowId: 'housekeeping',
    argument: {},
    summary: 'housekeeping · what has outlived its use',
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupMinutes: 5,
    timeoutMinutes: 360,
  });
