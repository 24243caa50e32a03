// Modes over a real database: entered with the breakers, left only after they held, and stronger by a person's word.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAlertRules } from '../../../activities/alert-rules';
import { createAlertActivities } from '../../../activities/alerts';
import { createModeWatch } from '../../../activities/modes';
import { createProviderWatch } from '../../../activities/provider-watch';
import { createSessionActivities, type ResolvedSession } from '../../../activities/sessions';
import { createHostedCheck } from '../../../providers/hosted-check';
import type { Provider } from '../../../providers/port';
import type { SessionRequest } from '../../../workflows/contracts/session';
import { startLocalServer } from '../../sources/local-server';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { whileCollecting } from '../../support/collecting';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aDecision, aProposition } from '../db/rows';

let test: TestDatabase;
let harness: CallHarness;

/** Nobody listens there, and nobody is asked. */
const hosted = (name: string) => ({
  ...{ name, kind: 'openai-compatible' as const, baseUrl: 'http://127.0.0.1:9/v1' },
  readKey: () => 'sk-x',
});

beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, [hosted('openai'), hosted('deepseek')], 5);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await test.drop();
});
beforeEach(async () => {
  await test.db.query('truncate breakers, model_health, modes, alerts restart identity cascade');
  await harness.stores.worlds.setClockOffsetForTests('live', 0);
});

const SESSION: SessionRequest = {
  ...{ market: 'XNYS', kind: 'pre_market', date: '2025-09-15', replay: false, members: null, subjects: [] },
  ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
  ...{ prices: null, horizonDays: 5, requestKey: 'order' },
};

const watch = () => createModeWatch(harness.dependencies);
const out = (provider: string) =>
  harness.stores.breakers.apply(
    { provider, model: `${provider}-model` },
    { type: 'force_open', until: '2099-01-01T00:00:00.000Z' },
  );
const back = (provider: string) =>
  harness.stores.breakers.apply({ provider, model: `${provider}-model` }, { type: 'force_close' });

it('one provider out is degraded, all out is cached, each announced once', async () => {
  expect(await watch().refresh()).toMatchObject({ mode: 'normal', changed: false });
  await out('deepseek');
  expect(await watch().refresh()).toMatchObject({ mode: 'degraded', changed: true });
  expect(await watch().refresh()).toMatchObject({ mode: 'degraded', changed: false });
  await out('openai');
  expect(await watch().refresh()).toMatchObject({ mode: 'cached', changed: true });
  const open = await harness.stores.alerts.list({ openOnly: true });
  expect(open.map(({ episode }) => episode)).toEqual(['mode:cached']);
});

it('a provider that never answers its check counts as failed, whenever memory is cleaned', async () => {
  const silent = await startLocalServer(() => ({ hang: true }));
  const headers = () => ({});
  const check = createHostedCheck({ baseURL: silent.url, readKey: () => null, headers });
  const { watchProviders } = createProviderWatch({
    ...harness.dependencies,
    providers: new Map([['openai', { check } as unknown as Provider]]),
  });
  await whileCollecting(() => new MockActivityEnvironment().run(watchProviders, null));
  await silent.close();
  const [row] = (await harness.stores.health.list()).filter(({ provider }) => provider === 'openai');
  expect(row).toMatchObject({ model: '*', consecutiveFailures: 1 });
});

it('the rule finds its own row behind any number of halts', async () => {
  const { modes } = harness.stores;
  await watch().refresh();
  await out('deepseek');
  await watch().refresh();
  for (let night = 0; night < 25; night += 1) {
    await modes.override({ mode: 'halted', reason: 'night', by: 'desk' });
    await modes.endOverride({ reason: 'morning', by: 'desk' });
  }
  await out('openai');
  expect(await watch().refresh()).toMatchObject({ mode: 'cached', changed: true });
});

it('two modes entered in a burst leave the alert of the one that holds', async () => {
  const { stores } = harness;
  let overtaken = false;
  const slow = createModeWatch({
    ...harness.dependencies,
    stores: {
      ...stores,
      alerts: {
        ...stores.alerts,
        resolve: async (episode) => {
          if (!overtaken) {
            overtaken = true;
            await out('openai');
            expect(await watch().refresh()).toMatchObject({ mode: 'cached', changed: true });
          }
          return stores.alerts.resolve(episode);
        },
      },
    },
  });
  await out('deepseek');
  expect(await slow.refresh()).toMatchObject({ mode: 'degraded', changed: true });
  const open = await stores.alerts.list({ openOnly: true });
  expect(open.map(({ episode }) => episode)).toEqual(['mode:cached']);
});

it('a mode whose announcement was cut off is announced by the next look at the rules, once', async () => {
  const { stores } = harness;
  const { holdRules } = createAlertRules(harness.dependencies);
  const episodes = async (openOnly: boolean) =>
    (await stores.alerts.list({ openOnly, kind: 'mode' })).map(({ episode }) => episode);
  const killed = new Error('killed');
  const cutOff = createModeWatch({
    ...harness.dependencies,
    stores: { ...stores, alerts: { ...stores.alerts, resolve: () => Promise.reject(killed) } },
  });
  await out('deepseek');
  await expect(cutOff.refresh()).rejects.toBe(killed);
  expect(await episodes(true)).toEqual([]);
  await holdRules();
  await holdRules();
  expect(await episodes(true)).toEqual(['mode:degraded']);
  await stores.modes.enterByRule({ mode: 'normal', reason: 'all are back', facts: {} });
  await holdRules();
  expect(await episodes(true)).toEqual([]);
  expect(await episodes(false)).toEqual(['mode:degraded']);
});

it('of looks at the same moment the one with the newest facts has the last word', async () => {
  await harness.stores.modes.enterByRule({ mode: 'degraded', reason: 'one out', facts: {}, after: null });
  const late = { mode: 'normal', reason: 'seen before', facts: {}, after: null } as const;
  expect(await harness.stores.modes.enterByRule(late)).toBeNull();
  await out('openai');
  await out('deepseek');
  await Promise.all(Array.from({ length: 8 }, () => watch().refresh()));
  expect(await watch().current()).toMatchObject({ mode: 'cached' });
  const entered = await harness.stores.modes.history();
  expect(entered.filter(({ mode }) => mode === 'cached')).toHaveLength(1);
});

it('a milder mode is entered only after the rule has held for a minute', async () => {
  await out('openai');
  await out('deepseek');
  await watch().refresh();
  await back('openai');
  const first = await watch().refresh();
  expect(first).toMatchObject({ mode: 'cached', changed: false, pending: { mode: 'degraded' } });
  await harness.stores.worlds.setClockOffsetForTests('live', 61_000);
  expect(await watch().refresh(first.pending)).toMatchObject({ mode: 'degraded', changed: true });
});

it('cached ends without any traffic, once a check has gone well after the breakers were due', async () => {
  const due = { type: 'force_open', until: new Date(Date.now() - 1).toISOString() } as const;
  for (const provider of ['openai', 'deepseek'])
    await harness.stores.breakers.apply({ provider, model: `${provider}-model` }, due);
  expect(await watch().refresh()).toMatchObject({ mode: 'cached' });
  const wellAgain = (provider: string) =>
    harness.stores.health.observe({
      ...{ provider, model: '*', origin: 'check', ok: true, failure: null, latencyMs: 1 },
    });
  await wellAgain('openai');
  const first = await watch().refresh();
  expect(first).toMatchObject({ mode: 'cached', pending: { mode: 'degraded' } });
  await wellAgain('deepseek');
  await harness.stores.worlds.setClockOffsetForTests('live', 61_000);
  const second = await watch().refresh(first.pending);
  expect(second).toMatchObject({ mode: 'degraded', changed: true, pending: { mode: 'normal' } });
  await harness.stores.worlds.setClockOffsetForTests('live', 122_000);
  expect(await watch().refresh(second.pending)).toMatchObject({ mode: 'normal', changed: true });
});

it('while a provider is out, a session begins with what was lately decided to be bought or sold', async () => {
  const { stores } = harness;
  const proposition = aProposition({ subject: 'equity:MSFT', resolvesAt: '2099-01-01T00:00:00.000Z' });
  await stores.propositions.put(proposition);
  const traded = aDecision({ subject: 'equity:MSFT', propositionId: proposition.id, action: 'buy' });
  await stores.decisions.recordDecision({ ...traded, sizeMicroUsd: 1 }, []);
  const sources = { pricesReachable: async () => true } as unknown as typeof harness.dependencies.sources;
  const { resolveSession } = createSessionActivities({ ...harness.dependencies, sources });
  const request = { ...SESSION, subjects: ['equity:AAPL', 'equity:MSFT'] };
  const order = async () => {
    const resolved = await new MockActivityEnvironment().run<
      Parameters<typeof resolveSession>,
      ResolvedSession,
      typeof resolveSession
    >(resolveSession, { request, scheduledAt: null });
    return resolved.session?.subjects.map((subject) => subject.replace('equity:', ''));
  };
  expect(await order()).toEqual(['AAPL', 'MSFT']);
  await out('deepseek');
  await watch().refresh();
  expect(await order()).toEqual(['MSFT', 'AAPL']);
});

it('a halt stands above the rule until it is lifted, and both are kept', async () => {
  await out('deepseek');
  await watch().refresh();
  await harness.stores.modes.override({ mode: 'halted', reason: 'costs', by: 'test' });
  expect(await watch().current()).toMatchObject({ mode: 'halted', manual: true, reason: 'costs' });
  await harness.stores.modes.endOverride({ reason: 'the test is over', by: 'test' });
  expect(await watch().current()).toMatchObject({ mode: 'degraded', manual: false });
});

it('an open breaker raises one alert, and its closing resolves it', async () => {
  const alerts = createAlertActivities(harness.dependencies);
  await out('openai');
  await alerts.raiseBreakerAlerts();
  await alerts.raiseBreakerAlerts();
  expect(await harness.stores.alerts.list({ openOnly: true })).toHaveLength(1);
  await back('openai');
  await alerts.raiseBreakerAlerts();
  expect(await harness.stores.alerts.list({ openOnly: true })).toEqual([]);
});
