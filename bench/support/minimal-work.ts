// Runs the smallest durable work on a stack's own Temporal server: the floor of everything that is durable.
import { NativeConnection, Worker } from '@temporalio/worker';
import type { ConclaveClient } from '../../client/connect';
import { millisecondsOf } from './quantiles';

const QUEUE = 'bench-minimal';

/**
 * Gives `work` a function that runs one minimal workflow and tells its milliseconds; the first of all is not told.
 * @param stack.activityMs what its one activity takes beyond the durable work itself
 */
export const withMinimalWork = async <T>(
  {
    client,
    address,
    activityMs = 0,
  }: { readonly client: ConclaveClient; readonly address: string; readonly activityMs?: number },
  work: (minimalMs: () => Promise<number>) => Promise<T>,
): Promise<T> => {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace: client.namespace,
    taskQueue: QUEUE,
    workflowsPath: require.resolve('./minimal-workflow'),
    activities: { wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) },
  });
  let count = 0;
  const once = (): Promise<number> =>
    millisecondsOf(() =>
      client.temporal.workflow.execute('oneActivity', {
        workflowId: `bench-minimal-${count++}`,
        taskQueue: QUEUE,
        args: [activityMs],
      }),
    );
  try {
    return await worker.runUntil(async () => {
      await once();
      return work(once);
    });
  } finally {
    await connection.close();
  }
};
