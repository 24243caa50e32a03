// Encrypted payloads on a real Temporal server: nothing readable is stored, failures included; keys change while
// workflows run; a wrong or missing key says so.
import { randomBytes } from 'node:crypto';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { type DataConverter, defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { dataConverter } from '../../../client/data-converter';
import { checkPayloadKeys } from '../../../stack/temporal-check';
import { withEncodedFailures } from '../../../workers/workflow-code';
import { proceed, type secretive } from '../../support/secretive-workflow';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';

jest.setTimeout(120_000);

const SECRET = 'canary-9f2c-in-a-payload';
const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
const keys = (...ids: readonly string[]): DataConverter =>
  dataConverter(null, { CONCLAVE_PAYLOAD_KEYS: ids.map((id) => `${id}:${KEYS[id]}`).join(',') });
const material = () => randomBytes(32).toString('base64');
const KEYS: Readonly<Record<string, string>> = { old: material(), fresh: material(), foreign: material() };

let queue: string;
let native: NativeConnection;
let connection: Connection;
let code: string;

beforeAll(async () => {
  queue = uniquePrefix();
  // A refused workflow task is the point of one test, and no news.
  Runtime.install({ logger: new DefaultLogger('ERROR', quiet) });
  const address = await temporalAddress();
  native = await NativeConnection.connect({ address });
  connection = await Connection.connect({ address });
  // Made as the build makes its own, so that the line before the bundle is what switches failures over.
  const bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../support/secretive-workflow.ts'),
    failureConverterPath: require.resolve('../../../workers/bundle-failures.ts'),
    logger,
  });
  code = bundle.code;
}, 120_000);
afterAll(async () => {
  await connection.close();
  await native.close();
});

const clientWith = (converter: DataConverter): Client => new Client({ connection, dataConverter: converter });

const activities = {
  repeat: async (secret: string) => `heard ${secret}`,
  fail: async (secret: string) => {
    throw new Error(`failed on ${secret}`);
  },
};

/** Runs a worker with these keys while `work` lasts. */
const withWorker = async <T>(converter: DataConverter, work: () => Promise<T>): Promise<T> => {
  const worker = await Worker.create({
    connection: native,
    taskQueue: queue,
    workflowBundle: { code: converter.failureConverterPath ? withEncodedFailures(code) : code },
    dataConverter: converter,
    activities,
  });
  return worker.runUntil(work);
};

const start = (client: Client, id: string, ending: 'result' | 'failure') =>
  client.workflow.start<typeof secretive>('secretive', {
    workflowId: `${queue}-${id}`,
    taskQueue: queue,
    args: [SECRET, ending],
    // A refused task comes back after this.
    workflowTaskTimeout: '2 seconds',
    memo: { note: SECRET },
    staticSummary: `summary ${SECRET}`,
    staticDetails: `details ${SECRET}`,
  });

type Event = temporal.api.history.v1.IHistoryEvent;

/** Everything stored about a workflow, as the bytes that a reader of the server's database would find. */
const stored = async (id: string): Promise<{ readonly text: string; readonly events: readonly Event[] }> => {
  const which = { namespace: 'default', execution: { workflowId: `${queue}-${id}` } };
  const described = await connection.workflowService.describeWorkflowExecution(which);
  const history = await connection.workflowService.getWorkflowExecutionHistory(which);
  const { DescribeWorkflowExecutionResponse, GetWorkflowExecutionHistoryResponse } =
    temporal.api.workflowservice.v1;
  const bytes = [
    GetWorkflowExecutionHistoryResponse.encode(history).finish(),
    DescribeWorkflowExecutionResponse.encode(described).finish(),
  ];
  return { text: Buffer.concat(bytes).toString('latin1'), events: history.history?.events ?? [] };
};

/** Resolves when the history holds an event that fits; the server answers as events come. */
const untilEvent = async (id: string, fits: (event: Event) => boolean): Promise<Event> => {
  let nextPageToken: Uint8Array | null | undefined;
  for (;;) {
    const page = await connection.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: `${queue}-${id}` },
      waitNewEvent: true,
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    const found = page.history?.events?.find(fits);
    if (found) return found;
    nextPageToken = page.nextPageToken;
  }
};

const activityFailed = (event: Event): boolean => Boolean(event.activityTaskFailedEventAttributes);

it('stores nothing readable, and goes on under a new key in the middle of a history', async () => {
  const before = clientWith(keys('old'));
  const handle = await start(before, 'rotated', 'result');
  await withWorker(keys('old'), () => untilEvent('rotated', activityFailed));
  const rotated = keys('fresh', 'old');
  const result = await withWorker(rotated, async () => {
    const client = clientWith(rotated);
    await client.workflow.getHandle(handle.workflowId).signal(proceed, `signal ${SECRET}`);
    return client.workflow.getHandle(handle.workflowId).result();
  });
  expect(result).toBe(`heard ${SECRET} | failed on ${SECRET} | signal ${SECRET}`);
  const { text, events } = await stored('rotated');
  expect(events.length).toBeGreaterThan(10);
  expect(text).not.toContain('canary');
  expect(text).toContain('Encoded failure');
  // Both keys have written into the one history.
  expect(text).toContain('encryption-key-id\x12\x03old');
  expect(text).toContain('encryption-key-id\x12\x05fresh');
  await expect(before.workflow.getHandle(handle.workflowId).result()).rejects.toThrow(
    /encrypted with key "fresh"; set are "old"/,
  );
});

it('encrypts the failure of a workflow, and gives it back whole to who has the key', async () => {
  const converter = keys('fresh');
  const client = clientWith(converter);
  const failure = await withWorker(converter, async () => {
    const handle = await start(client, 'failed', 'failure');
    await handle.signal(proceed, 'go');
    return handle.result().catch((error: unknown) => error);
  });
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  const { cause } = failure as WorkflowFailedError;
  expect(cause?.message).toBe(`heard ${SECRET} | failed on ${SECRET} | go`);
  expect(cause?.stack).toContain('secretive');
  const { text } = await stored('failed');
  expect(text).not.toContain('canary');
  expect(text).not.toContain('secretive-workflow.ts');
});

it('says which key is missing, to clients and in the history of a workflow whose worker lacks it', async () => {
  const client = clientWith(keys('fresh'));
  const handle = await start(client, 'foreign', 'result');
  const refused = await withWorker(keys('foreign'), () =>
    untilEvent('foreign', (event) => Boolean(event.workflowTaskFailedEventAttributes)),
  );
  const { failure } = refused.workflowTaskFailedEventAttributes!;
  const [written] = await keys('foreign').payloadCodecs![0]!.decode([failure!.encodedAttributes!]);
  expect(defaultPayloadConverter.fromPayload(written!)).toMatchObject({
    message: expect.stringMatching(/encrypted with key "fresh"; set are "foreign"/),
  });
  // With the right key the same workflow goes on as if nothing had been.
  const result = await withWorker(keys('fresh'), async () => {
    await handle.signal(proceed, 'go');
    return handle.result();
  });
  expect(result).toContain('go');
  for (const converter of [dataConverter(null, {}), keys('foreign')]) {
    const read = clientWith(converter).workflow.getHandle(handle.workflowId).result();
    await expect(read).rejects.toThrow(/encrypted with key "fresh"; (no key is set|set are "foreign")/);
  }
});

it('lets doctor try the keys in force on what is stored', async () => {
  const target = { address: await temporalAddress(), namespace: 'default' };
  const tried = (converter: DataConverter, id = 'rotated') =>
    checkPayloadKeys(target, `${queue}-${id}`, converter.payloadCodecs![0]!);
  expect(await tried(keys('fresh', 'old'))).toBeNull();
  expect(await tried(keys('fresh'))).toMatch(/encrypted with key "old"; set are "fresh"/);
  expect(await tried(dataConverter(null, {}))).toMatch(/encrypted with key "old"; no key is set/);
  expect(await tried(keys('fresh'), 'never-started')).toBeNull();
});

it('leaves failures readable where nothing is encrypted', async () => {
  const plain = dataConverter(null, {});
  await withWorker(plain, async () => {
    const handle = await start(clientWith(plain), 'plain', 'failure');
    await handle.signal(proceed, 'go');
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  });
  const { text } = await stored('plain');
  expect(text).toContain(`failed on ${SECRET}`);
  expect(text).not.toContain('Encoded failure');
});
