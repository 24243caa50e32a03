// The gate around every call, over a real database and real HTTP: breaker, probe, Retry-After, kill switch.

import { createAlertActivities } from '../../../activities/alerts';
import type { ConclaveClient } from '../../../client/connect';
import { providerHealth } from '../../../client/providers';
import type { Proposition } from '../../../domain/market/proposition';
import type { CallModelInput } from '../../../workflows/contracts/calls';
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
const BREAKER = { provider: 'openai', model: 'gpt-4o-mini' };
const status = async () => (await harness.stores.breakers.read(BREAKER)).status;

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
    // Whoever asks after the probe's answer may send another: all 24 have asked by then.
    server.set({ queue: [], delayMs: 4_000 });
    await shiftClock(window * 31_000);
    const restarted = await connect();
    await others.shift()?.close();
    others.push(restarted);
    const asked = [harness, ...others].flatMap((process) =>
      Array.from({ length: 6 }, () => process.call(callInput(key(), { deadlineMs: 60_000 }))),
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

it('a provider that was left alone is said to be so until that time, and no longer', async () => {
  fail({ fault: 'rate_limited', settings: { retryAfter: '36000' } });
  await harness.call(callInput(key()));
  const alerts = createAlertActivities(harness.dependencies);
  const said = async () => {
    await alerts.raiseBreakerAlerts();
    const health = await providerHealth({ stores: harness.stores } as ConclaveClient);
    const open = await harness.stores.alerts.list({ openOnly: true });
    const whole = (await harness.stores.breakers.list()).find(({ model }) => model === '*');
    return {
      alerts: open.filter(({ kind }) => kind === 'breaker').map(({ title }) => title),
      until: health.of('openai').leftAloneUntil,
      status: whole?.state.status,
    };
  };
  const alone = { alerts: ['Breaker of openai * is open'], until: expect.any(String), status: 'open' };
  expect(await said()).toEqual(alone);
  await shiftClock(36_100_000);
  expect(await said()).toEqual({ alerts: [], until: null, status: 'closed' });
});

it('a short Retry-After binds the call it was told to, and no other', async () => {
  fail({ fault: 'rate_limited', settings: { retryAfter: '5' } });
  const told = await harness.call(callInput(key()));
  expect(told).toMatchObject({ retried: true, failure: { kind: 'rate_limited' } });
  expect(told.nextRetryMs).toBeGreaterThanOrEqual(5_000);
  expect((await harness.call(callInput(key()))).result).not.toBeNull();
  expect(await status()).toBe('closed');
});

it('a short Retry-After of a call that has no retry left makes those after it wait, and opens nothing', async () => {
  // Below the minute above which a model is left alone, and far above what the calls here take.
  fail({ fault: 'rate_limited', settings: { retryAfter: '50' }, times: 3 });
  const told = key();
  for (let attempt = 1; attempt < 3; attempt += 1)
    expect((await harness.call(callInput(told))).retried).toBe(true);
  expect(await harness.call(callInput(told))).toMatchObject({ retried: false });
  server.clear();
  const next = await harness.call(callInput(key()));
  expect(next).toMatchObject({ retried: true, failure: { kind: 'rate_limited', sends: 0 } });
  expect(next.nextRetryMs).toBeGreaterThan(10_000);
  expect(server.calls()).toEqual([]);
  expect(await status()).toBe('closed');
  expect((await harness.call(callInput(key(), { model: 'gpt-4o' }))).result).not.toBeNull();
  await shiftClock(51_000);
  expect((await harness.call(callInput(key()))).result).not.toBeNull();
});

it.each([
  ['black_hole', 0],
  ['drip', 100],
  ['keep_alive_drip', 100],
  ['slow_headers', 60_000],
] as const)(
  '%s ends with the deadline of a second, long before an answer would come',
  async (fault, everyMs) => {
    fail({ fault, settings: { everyMs } });
    const started = performance.now();
    const { failure } = await harness.call(callInput(key(), { deadlineMs: 1_000 }));
    expect(failure?.kind).toBe('timed_out');
    expect(performance.now() - started).toBeLessThan(20_000);
  },
);

const HELD: Proposition = {
  ...{ id: 'held-proposition', world: 'live', subject: 'equity:HELD', statement: 'Rises.', category: 'test' },
  ...{ asOf: '2025-09-15T13:00:00.000Z', resolvesAt: '2025-09-22T20:00:00.000Z', rule: { type: 'manual' } },
  ...{ priceOfYes: 0.5, priceAt: '2025-09-15T13:00:00.000Z' },
};

/** An open paper position in the share that proposition is about. */
const holdPosition = async (): Promise<void> => {
  await harness.stores.propositions.put(HELD);
  await test.db.query(
    `insert into competitions (id, definition, world, status) values ('c', '{}', 'live', 'running')`,
  );
  await test.db.query(
    `insert into accounts (id, competition_id, name, kind, models) values ('a', 'c', 'a', 'model', '[]')`,
  );
  await test.db.query(
    `insert into snapshots (account_id, date, cash_micro_usd, positions_micro_usd, equity_micro_usd,
       traded_micro_usd, fees_micro_usd) values ('a', '2025-09-15', 1, 1, 2, 0, 0)`,
  );
  await test.db.query(
    `insert into positions (account_id, date, symbol, quantity, cost_micro_usd, entered_on, mark_micro_usd)
     values ('a', '2025-09-15', 'HELD', 1, 1, '2025-09-15', 1)`,
  );
};

/** How many of a session's calls pass in each window of the ramp after the breaker has closed. */
const admittedPerWindow = async (windowsMs: readonly number[], task: CallModelInput['task'] | null) => {
  const closedAt = Date.parse((await harness.stores.worlds.now('live')) ?? '');
  await harness.stores.breakers.apply(BREAKER, { type: 'force_close' });
  const admitted: number[] = [];
  for (const ms of windowsMs) {
    await shiftClock(closedAt + ms - Date.now());
    server.clear();
    const calls = Array.from({ length: 50 }, () =>
      harness.call(callInput(key(), { scopes: { sessionId: 'batch' }, ...(task ? { task } : {}) })),
    );
    const outcomes = await Promise.all(calls);
    const held = outcomes.filter(({ failure }) => failure?.kind === 'rate_limited');
    expect(held.every(({ retried, nextRetryMs }) => retried && (nextRetryMs ?? 0) > 0)).toBe(true);
    expect(server.calls()).toHaveLength(50 - held.length);
    admitted.push(server.calls().length);
  }
  return admitted;
};

it('after an outage a batch comes back window by window, open positions first, and never all at once', async () => {
  const windowsMs = [1_000, 16_000, 31_000, 46_000, 61_000];
  const ordinary = await admittedPerWindow(windowsMs, null);
  expect(ordinary).toEqual([...ordinary].sort((a, b) => a - b));
  expect(ordinary[0]).toBeLessThan(15);
  expect(ordinary[4]).toBe(50);
  await holdPosition();
  const critical = await admittedPerWindow(windowsMs.slice(0, 3), {
    ...{ type: 'forecast', propositionId: HELD.id, briefId: null, seriesId: null, recorded: null },
  });
  console.info(
    `ramp admits ${ordinary.join(', ')} of 50; of calls about open positions ${critical.join(', ')}`,
  );
  expect(critical[0]).toBeGreaterThan(ordinary[0]!);
  expect(critical[0]).toBeLessThan(40);
  expect(critical[2]).toBe(50);
});

it('the kill switch stops calls at once and says why', async () => {
  await harness.stores.modes.override({ mode: 'halted', reason: 'runaway', by: 'test' });
  const { failure } = await harness.call(callInput(key()));
  expect(failure).toMatchObject({ kind: 'halted', message: 'calls are stopped (halted): runaway' });
  expect(server.calls()).toEqual([]);
  await harness.stores.modes.endOverride({ reason: 'the test is over', by: 'test' });
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
