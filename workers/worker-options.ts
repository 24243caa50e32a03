// Every number of a worker, with its reason.
import type { WorkerOptions } from '@temporalio/worker';
import { BEAT_MS } from '../workflows/contracts/task-queues';

/** Database activities at once. At most the pool's size, so that no slot waits for a connection. */
const DATABASE_SLOTS = 20;

/** A worker's pool: its database slots, and ten for calls on provider queues, which hold one only for moments. */
export const WORKER_CONNECTIONS = DATABASE_SLOTS + 10;

/** Calls to one provider at once: ten panels of 17 analysts and two tickers (340) fit. They wait on the network. */
const PROVIDER_SLOTS = 400;

/** Workflows kept in memory: a 500-symbol session with its children, without replays. */
const CACHED_WORKFLOWS = 600;

/** Time for activities to end when a worker stops; the default of 0 would abandon paid calls. */
const SHUTDOWN_GRACE = '10 seconds';

/** The autoscaling default of one poller left single activities waiting for 2 s at bursts; five do not. */
const POLLERS = { type: 'autoscaling', minimum: 5, maximum: 40, initial: 5 } as const;

/** Beats reach the server at most so often; the SDK's default of four fifths of a time-out leaves one beat's room. */
const HEARTBEAT_THROTTLE_MS = BEAT_MS;

/** How long a workflow's next task waits for the worker that has it in memory; after a kill any worker takes it. */
const STICKY_WAIT = '2 seconds';

/** Options of the worker that runs workflows and database activities. */
export const workflowWorkerOptions: Partial<WorkerOptions> = {
  maxConcurrentActivityTaskExecutions: DATABASE_SLOTS,
  maxConcurrentWorkflowTaskExecutions: 40,
  maxCachedWorkflows: CACHED_WORKFLOWS,
  stickyQueueScheduleToStartTimeout: STICKY_WAIT,
  maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
  activityTaskPollerBehavior: POLLERS,
  workflowTaskPollerBehavior: POLLERS,
  shutdownGraceTime: SHUTDOWN_GRACE,
};

export interface ProviderLimits {
  /** Held by the server for the queue, so that it binds all workers together; null: no limit. */
  readonly callsPerSecond: number | null;
  /** Held by each process for itself: the others wait in the queue, where no deadline runs. Null: the usual number. */
  readonly atOnce: number | null;
}

/** Options of the worker that serves one provider's queue. */
export const providerWorkerOptions = ({
  callsPerSecond,
  atOnce,
}: ProviderLimits): Partial<WorkerOptions> => ({
  ...(callsPerSecond === null ? {} : { maxTaskQueueActivitiesPerSecond: callsPerSecond }),
  maxConcurrentActivityTaskExecutions: atOnce ?? PROVIDER_SLOTS,
  maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
  activityTaskPollerBehavior: POLLERS,
  shutdownGraceTime: SHUTDOWN_GRACE,
});
