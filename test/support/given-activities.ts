// A worker that runs the real workflows on the shared Temporal server, with activities that the test gives.
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowCode } from '../../workers/workflow-code';
import { temporalAddress } from './test-stack';

export interface GivenActivities {
  readonly client: Client;
  close(): Promise<void>;
}

export const workWith = async (taskQueue: string, activities: object): Promise<GivenActivities> => {
  const address = await temporalAddress();
  const client = new Client({ connection: await Connection.connect({ address }) });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, taskQueue, ...workflowCode(), activities });
  const running = worker.run();
  return {
    client,
    close: async () => {
      worker.shutdown();
      await running;
      await client.connection.close();
    },
  };
};
