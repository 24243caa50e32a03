// The watches on a real server: one look that is refused for good is not their end. The looks themselves are given, as
// no stored value of this version is refused.
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowCode } from '../../../workers/workflow-code';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(STACK_START_MS);

const queue = uniquePrefix();
const refused = () =>
  ApplicationFailure.nonRetryable('deliver_decisions is "old"; accepted: new', 'BadInput');
let looks = 0;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const address = await temporalAddress();
  client = new Client({ connection: await Connection.connect({ address }) });
  const look = async () => {
    looks += 1;
    if (looks === 1) throw refused();
    return { open: 0, sent: 0, failed: 0, waiting: 0 };
  };
  const activities = { lookForAlerts: look, watchProviders: () => Promise.reject(refused()) };
  const connection = await NativeConnection.connect({ address });
  worker = await Worker.create({ connection, taskQueue: queue, ...workflowCode(), activities });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await client.connection.close();
});

const start = (type: string, input: object) =>
  client.workflow.start(type, { workflowId: `${queue}-${type}`, taskQueue: queue, args: [input] });

it('alerts are looked for again', async () => {
  const watch = await start('alertWatch', { everyMs: 20 });
  while (looks < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await watch.describe()).status.name).toBe('RUNNING');
  await watch.terminate();
});

it('providers are waited for until the next look', async () => {
  const watch = await start('providerWatch', { pending: null });
  const waits = async () =>
    ((await watch.fetchHistory()).events ?? []).some((event) => event.timerStartedEventAttributes);
  while (!(await waits()) && (await watch.describe()).status.name === 'RUNNING');
  expect((await watch.describe()).status.name).toBe('RUNNING');
  await watch.terminate();
});
