// How workflows call the cheap activities of the `conclave` queue: database work and reading of sources.
import type { RetryPolicy } from '@temporalio/common';
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { HEARTBEAT_TIMEOUT_MS } from './contracts/task-queues';

const DATABASE_RETRY: RetryPolicy = {
  initialInterval: '200 milliseconds',
  backoffCoefficient: 2,
  maximumInterval: '10 seconds',
  nonRetryableErrorTypes: ['BadInput', 'NotFound'],
};

/** Database work: short attempts, patient retries, since Postgres may be restarting. Bad input is final. */
export const store = proxyActivities<Activities>({
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: DATABASE_RETRY,
});

/**
 * The same as part of the workflow's own task: no way to the server and back. Only for what takes moments, may be
 * repeated, and is waited for by all that follows; a worker killed meanwhile costs a task's time-out.
 */
export const storeAtOnce = proxyLocalActivities<Activities>({
  startToCloseTimeout: '20 seconds',
  retry: DATABASE_RETRY,
});

/**
 * Reading the outside world: longer attempts, few retries, since sources have their own fallback chain. How few, the
 * activities say by a final failure: only they can tell a Postgres that is away, which is waited for without end.
 */
export const gather = proxyActivities<Activities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '10 seconds',
    nonRetryableErrorTypes: ['BadInput', 'NotFound', 'NoData'],
  },
});
