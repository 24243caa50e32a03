import { createAlertStore } from '../../../db/alert-store';
import { createBreakerStore } from '../../../db/breaker-store';
import { createCapStore } from '../../../db/cap-store';
import { createHealthStore } from '../../../db/health-store';
import { findViolations } from '../../../db/invariants';
import { createLedgerStore } from '../../../db/ledger-store';
import { createModeStore } from '../../../db/mode-store';
import { createRegistryStore } from '../../../db/registry-store';
import { createRequestStore } from '../../../db/request-store';
import { createReviewStore } from '../../../db/review-store';
import { createSeriesStore } from '../../../db/series-store';
import { createSessionStore } from '../../../db/session-store';
import { createSettingsStore } from '../../../db/settings-store';
import { createWorldStore } from '../../../db/world-store';
import { DEFAULT_BREAKER_SETTINGS } from '../../../domain/outage/breaker';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aModel, aReservation } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());

describe('worlds', () => {
  it('have clocks of their own: a replay stands where its driver put it', async () => {
    const worlds = createWorldStore(test.db);
    await worlds.enter({ id: 'replay:00000000000a', asOf: '2025-01-02T00:00:00.000Z' });
    await worlds.enter({ id: 'replay:00000000000a', asOf: '2024-01-02T00:00:00.000Z' });
    expect(await worlds.now('replay:00000000000a')).toBe('2025-01-02T00:00:00.000Z');
    await expect(worlds.setReplayClock('replay:00000000000a', '2025-01-01T00:00:00.000Z')).rejects.toThrow(
      /that instant or later/,
    );
    await expect(worlds.setReplayClock('live', '2025-01-01T00:00:00.000Z')).rejects.toThrow(
      /follows the running clock/,
    );
    await expect(worlds.now('nowhere')).rejects.toThrow(/world "nowhere" is unknown/);
    await expect(worlds.enter({ id: 'replay:00000000000b', asOf: null })).rejects.toThrow(/asOf is missing/);
  });
});

describe('the registry', () => {
  const registry = () => createRegistryStore(test.db);

  it('is seeded again without undoing what people changed or removed', async () => {
    await registry().seed([aModel(), aModel({ id: 'removed' }), aModel({ id: 'kept' })]);
    expect(await registry().edit('gpt-4o-mini', (entry) => ({ ...entry, quality: 9 }))).toBe(true);
    await registry().remove('removed');
    await registry().seed([
      aModel({ quality: 5 }),
      aModel({ id: 'removed' }),
      aModel({ id: 'kept', quality: 4 }),
    ]);
    expect((await registry().list()).map((model) => [model.id, model.quality, model.origin])).toEqual([
      ['gpt-4o-mini', 9, 'user'],
      ['kept', 4, 'seed'],
    ]);
    expect(await registry().get('removed')).toBeNull();
  });

  it('gives an entry back as it was put, with the price in force', async () => {
    const entry = aModel({
      id: 'whole',
      price: {
        ...aModel().price!,
        longContext: { aboveInputTokens: 200_000, inputPer1M: 2, outputPer1M: 3, cachedInputPer1M: null },
      },
    });
    expect(await registry().add(entry)).toBe(true);
    expect(await registry().get('whole')).toEqual({ ...entry, origin: 'user', missingSince: null });
  });

  it('knows the price of each date, and none before the first', async () => {
    const price = (validFrom: string, inputPer1M: number) => ({
      ...aModel().price!,
      validFrom,
      inputPer1M,
      modelId: 'dated',
    });
    await registry().seed(
      [aModel({ id: 'dated', price: null })],
      [price('2025-01-01T00:00:00.000Z', 100), price('2025-06-01T00:00:00.000Z', 50)],
    );
    expect((await registry().priceAt('dated', '2025-05-31T23:59:59.999Z'))?.inputPer1M).toBe(100);
    expect((await registry().priceAt('dated', '2025-06-01T00:00:00.000Z'))?.inputPer1M).toBe(50);
    expect(await registry().priceAt('dated', '2024-12-31T00:00:00.000Z')).toBeNull();
    expect(await registry().priceAt('unknown', '2025-06-01T00:00:00.000Z')).toBeNull();
  });

  it('adds a model once however many add it at once, and again after it was removed', async () => {
    const add = (quality: number) => registry().add(aModel({ id: 'contested', quality }));
    const added = await Promise.all([5, 6, 7, 8].map(add));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect((await registry().get('contested'))?.quality).toBe(5 + added.indexOf(true));
    await registry().remove('contested');
    expect(await registry().edit('contested', (entry) => entry)).toBe(false);
    expect(await registry().get('contested')).toBeNull();
    expect(await add(9)).toBe(true);
  });

  it('keeps all of two changes that are made at once', async () => {
    await registry().seed([aModel({ id: 'shared' })]);
    const changes = [{ quality: 9.5 }, { displayName: 'Ours' }, { version: '7' }, { contextTokens: 9_999 }];
    const edits = changes.map((change) => registry().edit('shared', (entry) => ({ ...entry, ...change })));
    await Promise.all(edits);
    expect(await registry().get('shared')).toMatchObject(Object.assign({}, ...changes));
  });

  it('can be seeded by several workers at once', async () => {
    const entries = Array.from({ length: 20 }, (_unused, index) => aModel({ id: `many-${index}` }));
    await Promise.all([
      registry().seed(entries),
      registry().seed([...entries].reverse()),
      registry().seed(entries),
    ]);
    expect((await registry().list()).filter((model) => model.id.startsWith('many-'))).toHaveLength(20);
  });
});

describe('breakers', () => {
  const key = { provider: 'openai', model: 'gpt-4o' };
  const breakers = () => createBreakerStore(test.db);
  const fail = { type: 'failed', holder: 'c', generation: 0, kind: 'unavailable' } as const;

  it('lose no failure that two workers report at once', async () => {
    const many = { ...DEFAULT_BREAKER_SETTINGS, failuresToOpen: 20 };
    await Promise.all(Array.from({ length: 19 }, () => breakers().apply(key, fail, many)));
    expect((await breakers().read(key)).consecutiveFailures).toBe(19);
    expect((await breakers().apply(key, fail, many)).change).toBe('opened');
  });

  it('give the probe to exactly one of many askers, and reject while open', async () => {
    const soon = { ...DEFAULT_BREAKER_SETTINGS, openMs: 0, maxOpenMs: 0 };
    await breakers().apply(key, { type: 'force_close' });
    const { generation } = await breakers().read(key);
    await breakers().apply(key, { ...fail, generation });
    await breakers().apply(key, { ...fail, generation }, soon);
    const steps = await Promise.all(
      Array.from({ length: 16 }, (_unused, index) =>
        breakers().apply(key, { type: 'ask', holder: `c${index}` }),
      ),
    );
    expect(steps.filter((step) => step.verdict.type === 'admitted')).toHaveLength(1);
    expect(steps.filter((step) => step.verdict.type === 'rejected')).toHaveLength(15);
    expect((await breakers().list()).map((row) => [row.provider, row.state.status])).toEqual([
      ['openai', 'half_open'],
    ]);
  });

  it('that were never written are closed and admit', async () => {
    const step = await breakers().apply({ provider: 'xai', model: 'grok' }, { type: 'ask', holder: 'c' });
    expect(step.verdict).toEqual({ type: 'admitted', probe: false, generation: 0 });
  });
});

describe('modes', () => {
  it('follow the rule, and a person stands above it until lifted', async () => {
    const modes = createModeStore(test.db);
    expect(await modes.current()).toBeNull();
    await modes.enterByRule({ mode: 'degraded', reason: 'openai out', facts: { out: ['openai'] } });
    expect(await modes.enterByRule({ mode: 'degraded', reason: 'still', facts: {} })).toBeNull();
    await modes.override({ mode: 'halted', reason: 'maintenance', by: 'cli' });
    expect((await modes.current())?.mode).toBe('halted');
    await modes.enterByRule({ mode: 'normal', reason: 'back', facts: {} });
    expect((await modes.current())?.mode).toBe('halted');
    await expect(modes.endOverride({ reason: ' ', by: 'cli' })).rejects.toThrow(/reason is empty/);
    const lifted = { reason: 'all is well', by: 'cli' };
    expect(await modes.endOverride(lifted)).toBe(true);
    expect(await modes.endOverride({ reason: 'again', by: 'cli' })).toBe(false);
    expect((await modes.history()).find(({ manual }) => manual)?.facts).toEqual({ by: 'cli', lifted });
    expect((await modes.current())?.mode).toBe('normal');
    expect((await modes.history()).map((row) => row.mode)).toEqual(['normal', 'halted', 'degraded']);
    await expect(modes.override({ mode: 'halted', reason: '', by: 'cli' })).rejects.toThrow(
      /reason is empty/,
    );
  });
});

it('health turns unavailable on the second failure in a row and back on success', async () => {
  const health = createHealthStore(test.db);
  const observation = {
    provider: 'openai',
    model: '*',
    origin: 'call' as const,
    ok: true,
    failure: null,
    latencyMs: 100,
  };
  await health.observe(observation);
  const bad = { ...observation, ok: false, failure: 'timed_out', latencyMs: null };
  expect(await health.observe(bad)).toMatchObject({
    available: true,
    consecutiveFailures: 1,
    availability: 0.9,
  });
  expect(await health.observe(bad)).toMatchObject({
    available: false,
    consecutiveFailures: 2,
    lastFailure: 'timed_out',
  });
  expect(await health.observe({ ...observation, latencyMs: 200 })).toMatchObject({
    available: true,
    consecutiveFailures: 0,
    averageResponseTimeMs: 110,
  });
  expect(await health.summary(1)).toEqual([
    {
      provider: 'openai',
      model: '*',
      observations: 4,
      availability: 0.5,
      p50Ms: 150,
      p90Ms: 190,
      p99Ms: 199,
    },
  ]);
});

it('settings keep every change and its reason, and an equal value is none', async () => {
  const settings = createSettingsStore(test.db);
  await settings.set({ key: 'quality_tier', category: 'orchestrator', value: 'budget' });
  await settings.set({
    key: 'quality_tier',
    category: 'orchestrator',
    value: 'premium',
    reason: 'earnings week',
  });
  await settings.set({ key: 'quality_tier', category: 'orchestrator', value: 'premium' });
  expect((await settings.get('quality_tier'))?.value).toBe('premium');
  expect(await settings.list('orchestrator')).toHaveLength(1);
  expect((await settings.history()).map((row) => [row.oldValue, row.newValue, row.reason])).toEqual([
    ['budget', 'premium', 'earnings week'],
    [null, 'budget', ''],
  ]);
  expect(await settings.unset('quality_tier')).toBe(true);
  expect(await settings.get('quality_tier')).toBeNull();
});

it('a request key is served once, repeated for the same body and refused for another', async () => {
  const requests = createRequestStore(test.db);
  const request = { key: 'k1', kind: 'decide', bodyHash: 'h' };
  const statuses = (await Promise.all([requests.begin(request), requests.begin(request)])).map(
    (result) => result.status,
  );
  expect(statuses.sort()).toEqual(['new', 'repeated']);
  expect((await requests.begin({ ...request, bodyHash: 'other' })).status).toBe('conflict');
  await requests.finish('k1', { status: 'done', result: { ok: 1 } });
  await requests.finish('k1', { status: 'failed', result: null });
  expect((await requests.begin(request)).row).toMatchObject({ status: 'done', result: { ok: 1 } });
});

describe('alerts', () => {
  it('are raised once per episode and may be raised anew after recovery', async () => {
    const alerts = createAlertStore(test.db);
    const alert = {
      kind: 'breaker',
      episode: 'breaker:openai',
      severity: 'warning' as const,
      title: 'open',
      details: {},
    };
    const raised = await Promise.all([alerts.raise(alert), alerts.raise(alert)]);
    expect(raised.filter(Boolean)).toHaveLength(1);
    await alerts.resolve('breaker:openai');
    expect(await alerts.resolve('breaker:openai')).toBeNull();
    expect(await alerts.raise(alert)).not.toBeNull();
    const all = await alerts.list();
    expect(all.map(({ resolvedAt }) => resolvedAt === null)).toEqual([true, false]);
  });

  it('of a cap come at each threshold once in its period, also after they were resolved', async () => {
    const alerts = createAlertStore(test.db);
    const limit = { scope: 'day', key: '*', policy: 'stop', reason: 'r' } as const;
    const caps = createCapStore(test.db);
    await caps.setLimit({ ...limit, limitMicroUsd: 100 });
    const ledger = createLedgerStore(test.db);
    const percents = async () => (await alerts.raiseForCaps()).map((alert) => alert.details.percent);
    const spend = async (callKey: string, amountMicroUsd: number, actualMicroUsd: number) => {
      await ledger.reserve(aReservation({ callKey, amountMicroUsd }));
      return () => ledger.settle(`${callKey}#1`, { actualMicroUsd, usage: null, outcome: 'answered' });
    };
    const billed = await spend('a', 99, 40);
    expect(await percents()).toEqual([]);
    await billed();
    expect(await percents()).toEqual([]);
    await ledger.reserve(aReservation({ callKey: 'lost', amountMicroUsd: 41 }));
    await ledger.markUncertain('lost#1', 'cut off');
    expect(await percents()).toEqual([50, 80]);
    // What was feared came to less: the steps stay said, as the limit is the same.
    await ledger.settle('lost#1', { actualMicroUsd: 1, usage: null, outcome: 'answered' });
    expect(await alerts.resolveForCaps()).toEqual([]);
    expect(await percents()).toEqual([]);
    await test.db.query('update alerts set resolved_at = now()');
    await (await spend('b', 59, 59))();
    expect(await percents()).toEqual([95, 100]);
    const resolved = async () => (await alerts.resolveForCaps()).map((alert) => alert.details.percent);
    await caps.setLimit({ ...limit, limitMicroUsd: 104 });
    expect(await resolved()).toEqual([100]);
    // The day is over, and with it what was said of its budget.
    await test.db.query("update caps set period = '2020-01-01' where scope = 'day'");
    expect(await resolved()).toEqual([95]);
    expect(await percents()).toEqual([]);
  });
});

it('a review waits, is closed once, and the first verdict holds', async () => {
  const reviews = createReviewStore(test.db);
  const review = {
    id: 'r1',
    world: 'live',
    targetKind: 'tournament',
    targetId: 't1',
    workflowId: 'tournament:t1',
    question: 'Which?',
    options: ['approve', 'reject'],
    declaredDefault: 'reject',
    dueAt: '2099-01-01T00:00:00.000Z',
  };
  await reviews.open(review);
  await reviews.open({ ...review, question: 'Other?' });
  expect((await reviews.list()).map((row) => row.question)).toEqual(['Which?']);
  const end = { status: 'answered' as const, verdict: 'approve', reviewer: 'ann', comment: null };
  await reviews.close('r1', end);
  expect(await reviews.close('r1', { ...end, verdict: 'reject' })).toMatchObject({ verdict: 'approve' });
  expect(await reviews.list()).toEqual([]);
  expect(await reviews.list({ all: true })).toHaveLength(1);
  await expect(reviews.close('r9', end)).rejects.toThrow(/review "r9" is unknown/);
});

it('the same bars are stored once, whenever they were fetched', async () => {
  const series = createSeriesStore(test.db);
  const bars = [{ symbol: 'AAPL', date: '2025-09-12', open: 1, high: 2, low: 0.5, close: 1.5, volume: 10 }];
  const one = {
    symbol: 'AAPL',
    currency: 'USD',
    source: 'file',
    synthetic: false,
    bars,
    fetchedAt: '2025-09-15T13:00:00.000Z',
  };
  const id = await series.put('live', one);
  expect(await series.put('live', { ...one, fetchedAt: '2025-09-16T13:00:00.000Z' })).toBe(id);
  expect(await series.put('live', { ...one, source: 'yahoo' })).not.toBe(id);
  expect(await series.get(id)).toEqual({ ...one, fetchedAt: '2025-09-16T13:00:00.000Z' });
  expect((await series.latest('live', ' aapl'))?.id).toBe(id);
  expect(await series.latest('synthetic', 'AAPL')).toBeNull();
});

describe('a market session', () => {
  const start = {
    id: 'session:live:XNYS:2025-09-15:pre_market',
    world: 'live',
    market: 'XNYS',
    date: '2025-09-15',
    kind: 'pre_market',
    decisionAt: '2025-09-15T13:00:00.000Z',
    scheduledAt: null,
    stakeMicroUsd: 25_000_000,
    subjects: ['equity:AAPL'],
    mode: 'normal',
    synthetic: false,
  };
  const end = {
    status: 'cancelled' as const,
    costMicroUsd: 5,
    savedMicroUsd: 10,
    providerCalls: 2,
    mode: 'normal',
    note: null,
  };

  it('is opened once, totalled from the ledger and closed once', async () => {
    const sessions = createSessionStore(test.db);
    expect((await sessions.open(start)).first).toBe(true);
    expect((await sessions.open(start)).first).toBe(false);
    const ledger = createLedgerStore(test.db);
    for (const ordinal of [1, 2, 3])
      await ledger.reserve(
        aReservation({ callKey: 's', ordinal, sessionId: start.id, amountMicroUsd: 10, billed: false }),
      );
    await ledger.settle('s#1', { actualMicroUsd: 7, usage: null, outcome: 'answered' });
    await ledger.voidCall('s#2', 'unavailable');
    await ledger.markUncertain('s#3', 'lost');
    expect(await sessions.ledgerTotals(start.id)).toEqual({ providerCalls: 2, costMicroUsd: 17 });
    const closed = await sessions.close(start.id, end);
    expect(closed).toMatchObject({ ...start, status: 'cancelled', costMicroUsd: 5 });
    expect(closed.wallMs).toBeGreaterThanOrEqual(0);
    expect(await sessions.close(start.id, { ...end, status: 'finished' })).toEqual(closed);
    expect(await sessions.list({ world: 'live', openOnly: true })).toEqual([]);
  });

  it('costs what its calls came to, those that land after its end included', async () => {
    const sessions = createSessionStore(test.db);
    const ledger = createLedgerStore(test.db);
    await sessions.open({ ...start, id: 's-late' });
    const late = { callKey: 'late', sessionId: 's-late', billed: false };
    await ledger.reserve(aReservation({ ...late, amountMicroUsd: 30 }));
    const totals = await sessions.ledgerTotals('s-late');
    expect(totals).toEqual({ providerCalls: 1, costMicroUsd: 30 });
    await sessions.close('s-late', { ...end, ...totals });
    await ledger.settle('late#1', { actualMicroUsd: 12, usage: null, outcome: 'answered' });
    await ledger.reserve(aReservation({ ...late, ordinal: 2, amountMicroUsd: 8 }));
    await sessions.settleTotals();
    expect(await sessions.get('s-late')).toMatchObject({ providerCalls: 2, costMicroUsd: 20 });
    expect(await sessions.settleTotals()).toBe(0);
  });

  it('that never ends, or ends without a decision, is a violation', async () => {
    const sessions = createSessionStore(test.db);
    await sessions.open({ ...start, id: 's-open' });
    await sessions.open({ ...start, id: 's-done' });
    await sessions.close('s-done', { ...end, status: 'finished' });
    const names = async (drainSeconds: number) =>
      (await findViolations(test.db, { drainSeconds })).map((each) => `${each.invariant} ${each.subject}`);
    expect(await names(0)).toEqual(
      expect.arrayContaining(['session-never-ended s-open', 'session-subject-undecided s-done']),
    );
    expect(await names(3600)).not.toContain('session-never-ended s-open');
    await expect(sessions.close('nothing', end)).rejects.toThrow(/session "nothing" is unknown/);
  });
});
