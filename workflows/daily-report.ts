// The report of a day, made after the last close and once more when the day is over. The day is that of the scheduled
// start, never of the clock at which it happens to run.
import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { scheduledReportDay } from '../domain/report/report-day';
import { store } from './activity-stubs';
import type { ReportInput, ReportResult } from './contracts/report';
import { detailsTable } from './details-table';
import { scheduledTime } from './scheduled-time';

export async function dailyReport({ world, day }: ReportInput): Promise<ReportResult> {
  const startedFor = scheduledTime() ?? workflowInfo().startTime.toISOString();
  const result = await store.makeReport({ world, day: day ?? scheduledReportDay(startedFor) });
  setCurrentDetails(
    detailsTable(['world', 'day', 'whole day'], [[result.world, result.day, result.complete ? 'yes' : 'no']]),
  );
  return result;
}
