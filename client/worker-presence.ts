// Whether any worker takes work: without one, what is started would wait without a word.
import { setTimeout } from 'node:timers/promises';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';

/** No worker takes work; says what to do. */
export class NoWorker extends Error {
  override readonly name = 'NoWorker';
  readonly code = 'no_worker';
  readonly fix =
    'Nothing was started. `conclave doctor` says which parts run; logs/worker-1.log in the data folder says why a worker does not.';
  readonly exitCode = 1;
}

/** A worker asks Temporal anew every minute at the latest; a little more, for a slow machine. */
const POLLED_MS = 75_000;
/** How long a look that found one is good for. */
const KNOWN_MS = 1_000;

const WORKFLOW_QUEUE_TYPE = 1;

const isPolled = async ({ temporal, namespace }: ConclaveClient): Promise<boolean> => {
  const { pollers } = await temporal.connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: CONCLAVE_QUEUE },
    taskQueueType: WORKFLOW_QUEUE_TYPE,
  });
  return (pollers ?? []).some(({ lastAccessTime }) => {
    const seconds = Number(lastAccessTime?.seconds ?? 0);
    return Date.now() - seconds * 1_000 < POLLED_MS;
  });
};

/** Workers that are alive and asking for work: those that beat, none where Temporal knows of none. */
export const workersAtWork = async (client: ConclaveClient): Promise<number> => {
  const alive = await client.stores.workerBeats.alive();
  return alive > 0 && (await isPolled(client)) ? alive : 0;
};

/** How long nobody is asked again after a look that found none. */
const ABSENT_MS = 1_000;

/** Who starts together with a worker waits for it: a worker that is starting takes its time. */
export const WORKER_WAIT_MS = 20_000;
/** Who has run for longer answers sooner, yet later than a killed worker is back. */
export const SETTLED_WAIT_MS = 5_000;
const LOOK_MS = 250;

export interface WorkerPresence {
  /** Waits a while for a worker that is starting. @throws NoWorker */
  assertPresent(): Promise<void>;
}

export interface WorkerPatience {
  /** How long, from now on, a worker may still be starting. */
  readonly waitMs: number;
  /** Whether one is known to be starting, for which is waited longer than that. */
  readonly isStarting?: () => Promise<boolean>;
}

export const createWorkerPresence = (
  client: ConclaveClient,
  { waitMs, isStarting = async () => false }: WorkerPatience,
): WorkerPresence => {
  const startedAt = Date.now();
  let seenAt = 0;
  let absentAt = 0;
  const absent = () => new NoWorker('No worker takes work just now; "conclave up" starts one');
  return {
    assertPresent: async () => {
      if (Date.now() - absentAt < ABSENT_MS) throw absent();
      const deadline = Math.max(startedAt + waitMs, Date.now() + Math.min(waitMs, SETTLED_WAIT_MS));
      while (Date.now() - seenAt >= KNOWN_MS) {
        if ((await workersAtWork(client)) > 0) seenAt = Date.now();
        else if (Date.now() >= deadline && !(await isStarting())) {
          absentAt = Date.now();
          throw absent();
        } else await setTimeout(LOOK_MS);
      }
    },
  };
};
