// Rolls scores up into windows and brings the dated versions up to date; the same instant again changes nothing.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { PerformanceRollupInput, PerformanceRollupResult } from './contracts/outcomes';

/** A long record takes seconds to roll up; a killed worker is noticed by its missing heartbeat. */
const { refreshTrackRecord, rollUpPerformance } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', nonRetryableErrorTypes: ['BadInput'] },
});

export async function performanceRollup({ world }: PerformanceRollupInput): Promise<PerformanceRollupResult> {
  const record = await refreshTrackRecord({ world });
  const { asOf, windows } = await rollUpPerformance({ world });
  return { world, asOf, windows, record };
}
