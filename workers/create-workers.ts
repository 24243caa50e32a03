// The workers of one process: one for workflows and database work, one per provider's queue.
import { type NativeConnection, Worker } from '@temporalio/worker';
import { CONCLAVE_QUEUE, providerQueue } from '../workflows/contracts/task-queues';
import { heartbeats } from './heartbeats';
import type { Runtime } from './runtime';
import { providerWorkerOptions, workflowWorkerOptions } from './worker-options';
import { workerVersion } from './worker-version';
import { workflowCode } from './workflow-code';

export interface CreateWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly runtime: Runtime;
  /** By provider; one without an entry is called as often as is asked for. */
  readonly callsPerSecond?: ReadonlyMap<string, number>;
  /** By provider, in this process; one without an entry has the usual number. */
  readonly callsAtOnce?: ReadonlyMap<string, number>;
}

/** Recordings are served by every process that can read their folder. */
const ALWAYS_SERVED = ['recorded'];

export const createWorkers = async (options: CreateWorkersOptions): Promise<readonly Worker[]> => {
  const { connection, namespace, runtime } = options;
  const { dataConverter } = runtime;
  const version = workerVersion();
  const { callModel, callModels, ...databaseActivities } = runtime.activities;
  const names = [...new Set([...runtime.dependencies.providers.keys(), ...ALWAYS_SERVED])];
  const workflowWorker = await Worker.create({
    ...workflowWorkerOptions,
    ...version,
    ...workflowCode(dataConverter.failureConverterPath !== undefined),
    dataConverter,
    connection,
    namespace,
    taskQueue: CONCLAVE_QUEUE,
    activities: databaseActivities,
    interceptors: { activity: [heartbeats] },
  });
  const providerWorkers = await Promise.all(
    names.map((name) =>
      Worker.create({
        ...providerWorkerOptions({
          callsPerSecond: options.callsPerSecond?.get(name) ?? null,
          atOnce: options.callsAtOnce?.get(name) ?? null,
        }),
        ...version,
        dataConverter,
        connection,
        namespace,
        taskQueue: providerQueue(name),
        activities: { callModel, callModels },
      }),
    ),
  );
  return [workflowWorker, ...providerWorkers];
};
