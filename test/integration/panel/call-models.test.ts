// Several calls in one activity, over a real database and real HTTP: each ends by itself, and a later attempt asks
// only what is open.
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCallModels } from '../../../activities/call-models';
import type { Dependencies } from '../../../activities/dependencies';
import type { CallModelsInput, LandedCall } from '../../../workflows/contracts/calls';
import { HEARTBEAT_TIMEOUT_MS } from '../../../workflows/contracts/task-queues';
import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(60_000);

let test: TestDatabase;
let server: ProviderServer;
let harness: CallHarness;
let told: LandedCall[] = [];

beforeAll(async () => {
  test = await freshTestDatabase(20);
  server = await startProviderServer();
  const hosted = { name: 'openai', kind: 'openai-compatible' as const, readKey: () => 'key' };
  harness = await createCallHarness(test.url, [{ ...hosted, baseUrl: `${server.as('openai')}/v1` }]);
}, STACK_START_MS);

afterAll(async () => {
  await harness.close();
  await server.close();
  await test.drop();
});

beforeEach(() => {
  told = [];
  server.clear();
  server.set({ delayMs: 0, mix: [], queue: [] });
});

const inputOf = (prefix: string, count: number): CallModelsInput => {
  const { key: _key, task, ...shared } = callInput(prefix);
  return {
    ...shared,
    calls: Array.from({ length: count }, (_unused, index) => ({ key: `${prefix}/${index}`, task })),
  };
};

const signal = async (_name: string, calls: readonly LandedCall[]): Promise<void> => {
  told.push(...calls);
};

const dependencies = (): Dependencies => ({
  ...harness.dependencies,
  client: { workflow: { getHandle: () => ({ signal }) } } as unknown as Dependencies['client'],
});

const run = (
  input: CallModelsInput,
  environment = new MockActivityEnvironment(),
): Promise<readonly LandedCall[]> =>
  environment.run(createCallModels(dependencies()).callModels, input) as Promise<readonly LandedCall[]>;

const keysSent = (): readonly string[] => server.calls().map(({ callKey }) => callKey.replace(/#\d+$/, ''));

it('each call is tried again by itself', async () => {
  server.set({ queue: [{ fault: 'server_error' }] });
  const landed = await run(inputOf('retried', 5));
  expect(landed.map(({ key, failed }) => [key, failed])).toEqual(
    Array.from({ length: 5 }, (_unused, index) => [`retried/${index}`, null]),
  );
  expect(landed.map(({ result }) => result?.sends).sort()).toEqual([1, 1, 1, 1, 2]);
  expect(server.calls()).toHaveLength(6);
});

it('the workflow hears of what has landed while a slow call is awaited', async () => {
  server.set({ queue: [{ fault: 'slow_headers', settings: { everyMs: 3_000 } }] });
  const landed = await run(inputOf('told', 4));
  const slowest = landed.reduce((a, b) => (a.result!.latencyMs > b.result!.latencyMs ? a : b));
  expect(told.map(({ key }) => key).sort()).toEqual(
    landed.flatMap(({ key }) => (key === slowest.key ? [] : key)).sort(),
  );
});

it('a call that fails for good leaves the others alone, and a later attempt asks neither it nor them', async () => {
  const input = inputOf('final', 4);
  const environment = new MockActivityEnvironment();
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  server.set({ queue: [{ fault: 'bad_request' }] });
  const first = await run(input, environment);
  expect(first.flatMap(({ failed }) => failed?.kind ?? [])).toEqual(['bad_request']);
  expect(first.filter(({ result }) => result !== null)).toHaveLength(3);
  expect(keysSent()).toHaveLength(4);

  const again = await run(input, new MockActivityEnvironment({ attempt: 2, heartbeatDetails: beats.at(-1) }));
  expect(keysSent()).toHaveLength(4);
  expect(again.map(({ key, failed }) => [key, failed?.kind])).toEqual(
    first.map(({ key, failed }) => [key, failed?.kind]),
  );
  expect(again.flatMap(({ result }) => result?.reused ?? [])).toEqual([true, true, true]);
});

it.each([
  ['billed', 'malformed', { fault: 'out_of_range', times: 2 }, 'settled', 60_000],
  ['perhaps billed', 'timed_out', { fault: 'black_hole' }, 'uncertain', 3_000],
] as const)(
  'a call that failed for good and was %s is not asked again, though its worker died before it said so',
  async (_billed, kind, fault, status, deadlineMs) => {
    const input = { ...inputOf(`unheard ${kind}`, 1), deadlineMs };
    server.set({ queue: [fault] });
    const first = await run(input);
    const sent = keysSent().length;
    const again = await run(input, new MockActivityEnvironment({ attempt: 2 }));
    expect(keysSent()).toHaveLength(sent);
    expect([first, again].map(([call]) => call?.failed?.kind)).toEqual([kind, kind]);
    expect(again[0]?.failed?.sends).toBe(sent);
    const rows = await test.db.query('select status from ledger where call_key = $1', [input.calls[0]!.key]);
    expect(rows).toEqual(Array(sent).fill({ status }));
  },
);

it('a call about what is not stored is no outage: it is neither tried again nor sent', async () => {
  const input = inputOf('gone', 1);
  const call = input.calls[0]!;
  const task = { ...call.task, propositionId: 'proposition:gone' } as typeof call.task;
  const [landed] = await run({ ...input, calls: [{ ...call, task }] });
  expect(landed?.failed).toEqual({
    ...{ kind: 'no_data', costMicroUsd: 0, latencyMs: 0, sends: 0 },
    message: 'proposition proposition:gone is not stored',
  });
  expect(server.calls()).toEqual([]);
});

it('a call that was cut off is asked again by the next attempt', async () => {
  const input = inputOf('asked-again', 1);
  server.set({ delayMs: 30_000 });
  const environment = new MockActivityEnvironment();
  const running = run(input, environment);
  await server.waitForCalls(1);
  environment.cancel();
  await expect(running).rejects.toThrow(CancelledFailure);
  server.set({ delayMs: 0 });
  const [again] = await run(input, new MockActivityEnvironment({ attempt: 2 }));
  expect(again?.result?.sends).toBe(2);
});

it('calls that were cut off are no failures: the activity ends as cancelled', async () => {
  server.set({ delayMs: 30_000 });
  const environment = new MockActivityEnvironment();
  const running = run(inputOf('cut-off', 3), environment);
  await server.waitForCalls(3);
  environment.cancel();
  await expect(running).rejects.toThrow(CancelledFailure);
  expect(told).toEqual([]);
});

it('three beats in a row may be late before the calls count as lost', async () => {
  server.set({ queue: [{ fault: 'slow_headers', settings: { everyMs: 2_500 } }] });
  const environment = new MockActivityEnvironment();
  let beats = 0;
  environment.on('heartbeat', () => {
    beats += 1;
  });
  // The period that was asked for: when a beat comes is the machine's affair as well.
  const intervals = jest.spyOn(globalThis, 'setInterval');
  await run(inputOf('beating', 2), environment);
  const [everyMs] = intervals.mock.calls.map(([, periodMs]) => periodMs);
  intervals.mockRestore();
  expect(everyMs).toBeLessThan(HEARTBEAT_TIMEOUT_MS / 3);
  expect(beats).toBeGreaterThan(0);
});
