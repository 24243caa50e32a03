// How workflows call the cheap activities of the `conclave` queue: database work and reading of sources.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { HEARTBEAT_TIMEOUT_MS } from './contracts/task-queues';

/** Database work: short attempts, patient retries, since Postgres may be restarting. Bad input is final. */
export const store = proxyActivities<Activities>({
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '10 seconds',
    nonRetryableErrorTypes: ['BadInput', 'NotFound'],
  },
});

/** Reading the outside world: longer attempts, few retries, since sources have their own fallback chain. */
export const gather = proxyActivities<Activities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumAttempts: 4,
    nonRetryableErrorTypes: ['BadInput', 'NotFound', 'NoData'],
  },
});
