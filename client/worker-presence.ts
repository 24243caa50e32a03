// Whether any worker takes work: without one, what is started would wait without a word.
import { setTimeout } from 'node:timers/promises';
import type { ConclaveClient } from './connect';

/** No worker polls; `message` says what to do. */
export class NoWorker extends Error {
  override readonly name = 'NoWorker';
}

/** A worker asks anew every minute at the latest; a little more, for a slow machine. */
const FRESH_MS = 75_000;
/** How long a look is good for. */
const KNOWN_MS = 5_000;

const WORKFLOW_QUEUE_TYPE = 1;

const isPolled = async ({ temporal, namespace }: ConclaveClient, queue: string): Promise<boolean> => {
  const { pollers } = await temporal.connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: WORKFLOW_QUEUE_TYPE,
  });
  return (pollers ?? []).some(({ lastAccessTime }) => {
    const seconds = Number(lastAccessTime?.seconds ?? 0);
    return Date.now() - seconds * 1_000 < FRESH_MS;
  });
};

/** How long nobody is asked again after a look that found none. */
const ABSENT_MS = 1_000;

/** Who starts together with a worker waits for it: a worker that is starting takes its time. */
export const WORKER_WAIT_MS = 20_000;
/** Who has run for longer answers sooner. */
const SETTLED_WAIT_MS = 2_000;
const LOOK_MS = 500;

export interface WorkerPresence {
  /** Waits a while for a worker that is starting. @throws NoWorker */
  assertPresent(): Promise<void>;
}

/** @param queue the workers' queue of workflows */
export const createWorkerPresence = (
  client: ConclaveClient,
  { queue, waitMs }: { readonly queue: string; readonly waitMs: number },
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
        if (await isPolled(client, queue)) seenAt = Date.now();
        else if (Date.now() >= deadline) {
          absentAt = Date.now();
          throw absent();
        } else await setTimeout(LOOK_MS);
      }
    },
  };
};
