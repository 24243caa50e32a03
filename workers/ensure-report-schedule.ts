// Daily reports by schedule: after the last close of the five exchanges, and once more when the day is over.
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { LIVE_WORLD } from '../domain/world';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';

/** UTC. New York closes at 20:00 or 21:00; ten past midnight makes the day before whole. */
const TIMES = [
  { hour: 21, minute: 30 },
  { hour: 0, minute: 10 },
];

export const ensureReportSchedule = (client: Client): Promise<unknown> =>
  client.schedule
    .create({
      scheduleId: 'report',
      spec: { calendars: TIMES, timezone: 'UTC' },
      action: {
        type: 'startWorkflow',
        workflowType: 'dailyReport',
        workflowId: 'report:live',
        taskQueue: CONCLAVE_QUEUE,
        args: [{ world: LIVE_WORLD, day: null }],
        workflowExecutionTimeout: '1 hour',
      },
      // A machine that was off makes the newest report it missed.
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '12 hours' },
    })
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    });
