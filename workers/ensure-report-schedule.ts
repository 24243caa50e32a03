// Daily reports by schedule: after the last close of the five exchanges, and once more when the day is over.
import { type Client, ScheduleOverlapPolicy } from '@temporalio/client';
import { LIVE_WORLD } from '../domain/world';
import { ensureSchedule } from './ensure-schedule';

/** UTC. New York closes at 20:00 or 21:00; ten past midnight makes the day before whole. */
const TIMES = [
  { hour: 21, minute: 30 },
  { hour: 0, minute: 10 },
];

export const ensureReportSchedule = (client: Client): Promise<void> =>
  ensureSchedule(client, {
    scheduleId: 'report',
    spec: { calendars: TIMES, timezone: 'UTC' },
    workflowType: 'dailyReport',
    workflowId: 'report:live',
    argument: { world: LIVE_WORLD, day: null },
    summary: `daily report · ${LIVE_WORLD}`,
    // A machine that was off makes the newest report it missed.
    overlap: ScheduleOverlapPolicy.BUFFER_ONE,
    catchupMinutes: 720,
    timeoutMinutes: 60,
  });
