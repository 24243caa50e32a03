// The gate around every call, over a real database and real HTTP: breaker, probe, Retry-After, kill switch.

import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import type { QueuedFault } from '../../support/provider-server/faults';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(120_000);

let test: TestDatabase;
let server: ProviderServer;
let harness: CallHarness;
let keys = 0;

const key = (): string => `gate-test-${keys++}`;
const hosted = () => [
  {
    name: 'openai',
    kind: 'openai-compatible' as const,
    baseUrl: `${server.as('openai')}/v1`,
    readKey: () => 'sk-x',
  },
];
const connect = () => createCallHarness(test.url, hosted(), 5);
const fail = (...queue: QueuedFault[]) => server.set({ queue });
const shiftClock = (ms: number) => harness.stores.worlds.setClockOffsetForTests('live', ms);

beforeAll(async () => {
  test = await freshTestDatabase(5);
  server = await startProviderServer();
  harness = await connect();
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await server.close();
  await test.drop();
});
beforeEach(async () => {
  await test.db.query(
    'truncate breakers, model_health, health_checks, modes, alerts restart identity cascade',
  );
  await shiftClock(0);
  server.clear();
  server.set({ queue: [], mix: [], delayMs: 0 });
});

/** Two calls that fail beyond their retries, which opens the breaker. */
const openBreaker = async (): Promise<void> => {
  fail({ fault: 'black_hole', times: 2 });
  for (let call = 0; call < 2; call += 1) await harness.call(callInput(key(), { deadlineMs: 200 }));
};
const status = async () =>
  (await harness.stores.breakers.read({ provider: 'openai', model: 'gpt-4o-mini' })).status;

it('a breaker opens after two calls that failed, and then nothing is sent or reserved', async () => {
  await openBreaker();
  expect(await status()).toBe('open');
  server.clear();
  const rejected = key();
  const started = performance.now();
  const { failure, retried } = await harness.call(callInput(rejected));
  console.info(`open breaker rejected in ${(performance.now() - started).toFixed(1)} ms`);
  expect(failure?.kind).toBe('breaker_open');
  expect(retried).toBe(false);
  expect(server.calls()).toEqual([]);
  expect(await test.db.query('select 1 from ledger where call_key = $1', [rejected])).toEqual([]);
});

it('a failure that will be retried does not count yet', async () => {
  const retriedKey = key();
  fail({ fault: 'server_error', times: 2 });
  const first = await harness.call(callInput(retriedKey));
  expect(first).toMatchObject({ retried: true, failure: { kind: 'unavailable', sends: 1 } });
  expect((await harness.stores.breakers.list())[0]?.state.consecutiveFailures ?? 0).toBe(0);
  const second = await harness.call(callInput(retriedKey));
  expect(second).toMatchObject({ retried: false, failure: { kind: 'unavailable', sends: 2 } });
  expect((await harness.stores.breakers.list())[0]?.state.consecutiveFailures).toBe(1);
});

it('four pools of connections send exactly one probe per window, over a restart of one of them', async () => {
  await openBreaker();
  const others = await Promise.all([connect(), connect(), connect()]);
  for (const window of [1, 2, 3]) {
    server.clear();
    server.set({ queue: [], delayMs: 150 });
    await shiftClock(window * 31_000);
    const restarted = await connect();
    await others.shift()?.close();
    others.push(restarted);
    const asked = [harness, ...others].flatMap((process) =>
      Array.from({ length: 6 }, () => process.call(callInput(key()))),
    );
    const outcomes = await Promise.all(asked);
    expect(server.calls()).toHaveLength(1);
    expect(outcomes.filter(({ result }) => result)).toHaveLength(1);
    expect(outcomes.filter(({ failure }) => failure?.kind === 'breaker_open')).toHaveLength(23);
  }
  expect(await status()).toBe('closed');
  await Promise.all(others.map((process) => process.close()));
});

it.each([
  [{ retryAfter: '2' }, 2_000],
  [{ retryAfterMs: '1700' }, 1_700],
  [{ retryAfter: new Date(Date.now() + 3_600_000).toUTCString() }, null],
  [{ retryAfter: '36000' }, null],
] as const)('Retry-After %j is never undercut', async (settings, leastMs) => {
  fail({ fault: 'rate_limited', settings });
  const { failure, nextRetryMs, retried } = await harness.call(callInput(key()));
  if (leastMs !== null) {
    expect(failure?.kind).toBe('rate_limited');
    expect(nextRetryMs).toBeGreaterThanOrEqual(leastMs);
    return;
  }
  expect(failure?.kind).toBe('rate_limited_too_long');
  expect(retried).toBe(false);
  server.clear();
  // Another model of that provider, too: it asked for all of them to stay away.
  const next = await harness.call(callInput(key(), { model: 'gpt-4o' }));
  expect(next.failure?.kind).toBe('breaker_open');
  expect(server.calls()).toEqual([]);
  await shiftClock(36_100_000);
  expect((await harness.call(callInput(key(), { model: 'gpt-4o' }))).result).not.toBeNull();
});

it('a short Retry-After binds the call it was told to, and no other', async () => {
  fail({ fault: 'rate_limited', settings: { retryAfter: '5' } });
  const told = await harness.call(callInput(key()));
  expect(told).toMatchObject({ retried: true, failure: { kind: 'rate_limited' } });
  expect(told.nextRetryMs).toBeGreaterThanOrEqual(5_000);
  expect((await harness.call(callInput(key()))).result).not.toBeNull();
  expect(await status()).toBe('closed');
});

it.each([
  ['black_hole', 0],
  ['drip', 100],
  ['keep_alive_drip', 100],
  ['slow_headers', 3_000],
] as const)('%s ends within the deadline and a second', async (fault, everyMs) => {
  fail({ fault, settings: { everyMs } });
  const started = performance.now();
  const { failure } = await harness.call(callInput(key(), { deadlineMs: 1_000 }));
  expect(failure?.kind).toBe('timed_out');
  expect(performance.now() - started).toBeLessThan(2_000);
});

it('the kill switch stops calls at once and says why', async () => {
  await harness.stores.modes.override({ mode: 'halted', reason: 'runaway', by: 'test' });
  const { failure } = await harness.call(callInput(key()));
  expect(failure).toMatchObject({ kind: 'halted', message: 'calls are stopped (halted): runaway' });
  expect(server.calls()).toEqual([]);
  await harness.stores.modes.endOverride();
  expect((await harness.call(callInput(key()))).result).not.toBeNull();
});

it('live calls leave availability and latency behind', async () => {
  await harness.call(callInput(key()));
  fail({ fault: 'rate_limited', settings: { retryAfter: '1' } });
  await harness.call(callInput(key()));
  const [row] = await harness.stores.health.list();
  expect(row).toMatchObject({ provider: 'openai', model: 'gpt-4o-mini', lastFailure: 'rate_limited' });
  expect(row?.averageResponseTimeMs).toBeGreaterThan(0);
});
