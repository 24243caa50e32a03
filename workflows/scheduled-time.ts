// The time a schedule meant, which is not the time at which the run happens to start.
import { workflowInfo } from '@temporalio/workflow';

/** Null for runs that no schedule started. */
export const scheduledTime = (): string | null => {
  const value = workflowInfo().searchAttributes.TemporalScheduledStartTime?.[0];
  return value instanceof Date ? value.toISOString() : null;
};
