// Money around real calls: what is reserved, booked, kept as uncertain and refused; alerts; and no key anywhere.
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAlertActivities } from '../../../activities/alerts';
import { createExperimentActivities } from '../../../activities/experiments';
import { createPanelActivities } from '../../../activities/panel';
import { budgetDocument, raiseBudget, setBudget } from '../../../client/budget';
import type { ConclaveClient } from '../../../client/connect';
import { spendDocument } from '../../../client/spend';
import { findViolations } from '../../../db/invariants';
import { createRunCap } from '../../../db/run-cap';
import type { DecisionRecord } from '../../../workflows/contracts/decision';
import type { ArmName, ArmsInput } from '../../../workflows/contracts/experiment';
import type { PanelInput, PanelResult } from '../../../workflows/contracts/panel';
import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import { startPostgresRelay } from '../../support/postgres-relay';
import type { QueuedFault } from '../../support/provider-server/faults';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aReservation } from '../db/rows';

jest.setTimeout(120_000);

const CANARY = 'sk-canary-7c2f90aa-do-not-keep';

let test: TestDatabase;
let server: ProviderServer;
let harness: CallHarness;
let keys = 0;

interface LedgerRow {
  readonly ordinal: number;
  readonly status: string;
  readonly outcome: string;
  readonly reservedMicroUsd: number;
  readonly actualMicroUsd: number | null;
}

const key = (): string => `money-${keys++}`;
const fail = (...queue: QueuedFault[]) => server.set({ queue });
const client = (): ConclaveClient => ({ stores: harness.stores }) as ConclaveClient;
const rows = (callKey: string) =>
  test.db.query<LedgerRow>(
    'select ordinal, status, outcome, reserved_micro_usd, actual_micro_usd from ledger where call_key = $1 order by ordinal',
    [callKey],
  );
const limit = (limitMicroUsd: number, changes: { policy?: 'stop' | 'downgrade' } = {}) =>
  setBudget(client(), {
    ...{ scope: 'month', key: '*', limitMicroUsd, policy: changes.policy ?? 'stop' },
    reason: 'test',
  });

beforeAll(async () => {
  test = await freshTestDatabase(10);
  server = await startProviderServer();
  const hosted = { name: 'openai', kind: 'openai-compatible' as const, readKey: () => CANARY };
  harness = await createCallHarness(test.url, [
    { ...hosted, baseUrl: `${server.as('openai')}/v1` },
    { ...hosted, name: 'deepseek', baseUrl: `${server.as('deepseek')}/v1` },
    { ...hosted, name: 'openrouter', kind: 'openrouter' as const, baseUrl: `${server.as('openrouter')}/v1` },
    { ...hosted, name: 'xai', kind: 'xai' as const, baseUrl: `${server.as('xai')}/v1` },
  ]);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await server.close();
  await test.drop();
});
beforeEach(async () => {
  await test.db.query(
    'truncate reservations, ledger, answers, caps, cap_limits, cap_limit_changes, breakers, alerts restart identity cascade',
  );
  server.clear();
  server.set({ queue: [], mix: [], delayMs: 0 });
});
afterEach(async () => {
  const providerLog = server.calls().map(({ callKey }) => callKey);
  expect(await findViolations(test.db, { drainSeconds: 3_600, providerLog })).toEqual([]);
});

it('books an answer of a dearer model of the same maker at that model’s price, a dated name at its own', async () => {
  const book = async (servedAs: string) => {
    server.set({ servedAs: { 'gpt-5-mini': servedAs } });
    const { result } = await harness.call(callInput(key(), { model: 'gpt-5-mini' }));
    server.set({ servedAs: {} });
    return result?.costMicroUsd ?? 0;
  };
  const own = await book('gpt-5-mini');
  expect(own).toBeGreaterThan(0);
  expect(await book('gpt-5-mini-2025-08-07')).toBe(own);
  expect(await book('gpt-5-nano')).toBe(own);
  expect(await book('a-name-of-nobody')).toBe(own);
  expect(await book('gpt-5.1')).toBeGreaterThanOrEqual(5 * own - 5);
});

it('an answer is paid once, however often its key comes back', async () => {
  const paid = key();
  const first = await harness.call(callInput(paid));
  const again = await harness.call(callInput(paid));
  expect(again.result).toMatchObject({ reused: true, costMicroUsd: first.result?.costMicroUsd });
  expect(server.calls()).toHaveLength(1);
  expect(await rows(paid)).toMatchObject([{ ordinal: 1, status: 'settled', outcome: 'answered' }]);
});

it('an answer that comes back costs what all its sendings did, a billed failure included', async () => {
  const paid = key();
  fail({ fault: 'out_of_range' });
  await harness.call(callInput(paid));
  const first = await harness.call(callInput(paid));
  const again = await harness.call(callInput(paid));
  const { costMicroUsd } = first.result!;
  expect(again.result).toMatchObject({ reused: true, costMicroUsd, sends: 2 });
  const bills = (await rows(paid)).map(({ actualMicroUsd }) => actualMicroUsd!);
  expect(bills).toEqual([expect.any(Number), expect.any(Number)]);
  expect(costMicroUsd).toBe(bills[0]! + bills[1]!);
});

it('a reply that was lost after it was billed stays held, and the next sending has a row of its own', async () => {
  await limit(1_000_000);
  const lost = key();
  fail({ fault: 'reset_after_billing' });
  expect((await harness.call(callInput(lost))).failure?.kind).toBe('unavailable');
  expect((await harness.call(callInput(lost))).result?.sends).toBe(2);
  expect(await rows(lost)).toMatchObject([
    { ordinal: 1, status: 'uncertain' },
    { ordinal: 2, status: 'settled' },
  ]);
});

it('a worker that died between sending and storing leaves an uncertain row, never none and never two', async () => {
  const died = key();
  const { stores } = harness;
  const { world, provider, model, feature, category } = callInput(died);
  await stores.ledger.reserve({
    ...{ callKey: died, ordinal: 1, amountMicroUsd: 5_000, provider, model, feature, category, world },
    ...{ sessionId: null, decisionId: null, priceVersion: 'test', billed: true },
  });
  await harness.call(callInput(died));
  expect((await rows(died)).map(({ status }) => status)).toEqual(['uncertain', 'settled']);
});

type CancelReason = Parameters<MockActivityEnvironment['cancel']>[0];

it('a call that its stopping worker cuts off is made again by the next one, and paid no third time', async () => {
  await limit(1_000_000);
  const [stopped, cancelled] = [key(), key()];
  const cutOff = async (
    callKey: string,
    reason: CancelReason,
    details: Partial<ActivityCancellationDetails>,
  ) => {
    server.clear();
    server.set({ delayMs: 30_000 });
    const environment = new MockActivityEnvironment();
    const running = harness.call(callInput(callKey, { deadlineMs: 60_000 }), environment);
    await server.waitForCalls(1);
    environment.cancel(reason, new ActivityCancellationDetails(details));
    const ended = await running;
    server.set({ delayMs: 0 });
    return ended;
  };
  const cut = await cutOff(stopped, 'WORKER_SHUTDOWN', { workerShutdown: true });
  expect([cut.retried, cut.failure?.costMicroUsd]).toEqual([
    true,
    (await rows(stopped))[0]?.reservedMicroUsd,
  ]);
  expect((await harness.call(callInput(stopped))).result).toMatchObject({ sends: 2, reused: false });
  expect((await harness.call(callInput(stopped))).result).toMatchObject({ sends: 2, reused: true });
  expect(await rows(stopped)).toMatchObject([
    { ordinal: 1, status: 'uncertain' },
    { ordinal: 2, status: 'settled' },
  ]);
  expect((await cutOff(cancelled, 'CANCELLED', { cancelRequested: true })).retried).toBe(false);
});

it.each([
  ['told its bill', (_callKey: string): Promise<unknown> => Promise.resolve()],
  [
    'told none',
    (callKey: string) =>
      test.db.query(
        `update ledger set status = 'uncertain', outcome = 'unknown', actual_micro_usd = null where call_key = $1`,
        [callKey],
      ),
  ],
])(
  'an answer that was cut and %s is not asked for again, though its worker died before it said so',
  async (_what, unbook) => {
    const callKey = key();
    fail({ fault: 'cut_by_length' });
    expect(await harness.call(callInput(callKey))).toMatchObject({ retried: false, failure: { sends: 1 } });
    await unbook(callKey);
    const again = await harness.call(callInput(callKey));
    expect(again).toMatchObject({ retried: false, failure: { kind: 'malformed', sends: 1 } });
    expect(server.calls()).toHaveLength(1);
  },
);

it('two attempts of one call at once never send under the same row', async () => {
  server.set({ delayMs: 100 });
  const twice = key();
  await Promise.all([harness.call(callInput(twice)), harness.call(callInput(twice))]);
  const sent = server.calls().map(({ callKey }) => callKey);
  expect(new Set(sent).size).toBe(sent.length);
});

it('a Postgres that is away when a call begins is waited for: no attempt at the provider is used up', async () => {
  const relay = await startPostgresRelay(test.url);
  const hosted = { name: 'openai', kind: 'openai-compatible' as const, readKey: () => CANARY };
  const away = await createCallHarness(relay.url, [{ ...hosted, baseUrl: `${server.as('openai')}/v1` }], 2);
  const waited = key();
  try {
    relay.cut(12);
    const { result } = await away.call(callInput(waited));
    expect(relay.refused()).toBe(12);
    expect(result).toMatchObject({ sends: 1 });
    expect(await rows(waited)).toMatchObject([{ ordinal: 1, status: 'settled' }]);
  } finally {
    await away.close();
    await relay.close();
  }
});

it('an answer that is malformed is booked at its bill and becomes no forecast', async () => {
  const malformed = key();
  fail({ fault: 'out_of_range', times: 2 });
  expect((await harness.call(callInput(malformed))).failure?.kind).toBe('malformed');
  const [row] = await rows(malformed);
  expect(row).toMatchObject({ status: 'settled', outcome: 'malformed' });
  expect(row?.actualMicroUsd).toBeGreaterThan(0);
  expect(await harness.stores.answers.get(malformed)).toBeNull();
});

it('an answer without usage is booked at all that was held: reasoning that nobody sees may be most of its bill', async () => {
  const untold = key();
  fail({ fault: 'no_usage' });
  const { result } = await harness.call(callInput(untold));
  const [row] = await rows(untold);
  expect(row).toMatchObject({ status: 'settled', outcome: 'answered' });
  expect(row?.actualMicroUsd).toBe(row?.reservedMicroUsd);
  // 4,096 tokens of room at $0.60 per million, and the prompt.
  expect(row?.actualMicroUsd).toBeGreaterThan(2_400);
  expect(result?.costMicroUsd).toBe(row?.actualMicroUsd);
});

it('a failure whose bill is not known costs what stays held for it', async () => {
  const lost = key();
  fail({ fault: 'reset_after_billing' });
  const { failure } = await harness.call(callInput(lost));
  const [row] = await rows(lost);
  expect(row).toMatchObject({ status: 'uncertain', actualMicroUsd: null });
  expect(failure?.costMicroUsd).toBe(row?.reservedMicroUsd);
});

it('a panel costs what its calls came to, those that its deadline cut off included', async () => {
  const scopes = { decisionId: 'panel-cut-off' };
  const [answered, cutOff] = [key(), key()];
  await harness.call(callInput(answered, { scopes }));
  fail({ fault: 'reset_after_billing' });
  await harness.call(callInput(cutOff, { scopes }));
  const [paid, held] = await Promise.all([rows(answered), rows(cutOff)]);
  const costMicroUsd = paid[0]!.actualMicroUsd! + held[0]!.reservedMicroUsd;
  const input = { world: 'live', asOf: null, maxCostMicroUsd: null } as PanelInput;
  const result: PanelResult = {
    ...{ panelId: scopes.decisionId, status: 'partial', model: 'gpt-4o-mini', provider: 'openai' },
    ...{ portfolio: [], subjects: [], notes: [], costMicroUsd: 0, wallMs: 1, synthetic: false },
  };
  const { recordPanel } = createPanelActivities(harness.dependencies);
  expect(await recordPanel({ input, result })).toEqual({ costMicroUsd });
  expect(await harness.stores.panels.get(scopes.decisionId)).toMatchObject({ costMicroUsd });
});

it.each([
  ['openrouter', 'qwen-turbo', { cost: 0.0019 }],
  ['xai', 'grok-4.3', { cost_in_usd_ticks: 19_000_000 }],
])('a malformed answer of %s that tells its cost is booked at that', async (provider, model, cost) => {
  const told = key();
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, ...cost };
  const text = JSON.stringify({ id: 'x', choices: [], usage });
  fail({ fault: 'malformed_json', settings: { text } });
  const input = callInput(told, { provider, model });
  const { failure } = await harness.call(input);
  expect(failure).toMatchObject({ kind: 'malformed', costMicroUsd: 1_900 });
  expect(await rows(told)).toMatchObject([{ status: 'settled', actualMicroUsd: 1_900 }]);
});

it.each([
  ['stop', undefined],
  ['downgrade', true],
] as const)('a budget with the policy %s refuses before anything is sent', async (policy, downgrade) => {
  await limit(100, { policy });
  const { failure } = await harness.call(callInput(key()));
  expect(failure?.kind).toBe('budget');
  expect(failure?.downgrade).toBe(downgrade);
  expect(server.calls()).toEqual([]);
});

it.each([
  ['month', '*', {}, null],
  ['day', '*', {}, null],
  [
    'market_session',
    'session-a',
    { scopes: { sessionId: 'session-a' } },
    { scopes: { sessionId: 'session-b' } },
  ],
  ['decision', '*', { scopes: { decisionId: 'decision-a' } }, { scopes: {} }],
  ['provider', 'openai', {}, { provider: 'deepseek', model: 'deepseek-chat' }],
  ['model', 'gpt-4o-mini', {}, { model: 'gpt-4o' }],
] as const)(
  'a cap of scope %s refuses what it covers and nothing else',
  async (scope, capKey, covered, other) => {
    await setBudget(client(), { scope, key: capKey, limitMicroUsd: 100, policy: 'stop', reason: 'test' });
    const { failure } = await harness.call(callInput(key(), covered));
    expect(failure).toMatchObject({ kind: 'budget', message: expect.stringContaining(`cap ${scope} `) });
    expect(server.calls()).toEqual([]);
    if (other) expect((await harness.call(callInput(key(), other))).result).not.toBeNull();
  },
);

it.each([
  ['provider', 'opnai'],
  ['model', 'gpt-4o-minni'],
] as const)(
  'a limit on a %s that is not known is refused, as it would hold nothing back',
  async (scope, name) => {
    const limit = { scope, key: name, limitMicroUsd: 100, policy: 'stop', reason: 'test' } as const;
    await expect(setBudget(client(), limit)).rejects.toThrow(`key "${name}" is not a ${scope}; accepted: `);
  },
);

it('a model without a known price is refused before anything is sent, until someone sets one', async () => {
  await test.db.query(`delete from model_prices where model_id = 'gpt-4o'`);
  const { failure } = await harness.call(callInput(key(), { model: 'gpt-4o' }));
  expect(failure).toMatchObject({
    kind: 'bad_request',
    message: expect.stringContaining('no price is known'),
  });
  expect(server.calls()).toEqual([]);
  const readOn = new Date().toISOString().slice(0, 10);
  const rates = { inputPer1M: 2_500_000, outputPer1M: 10_000_000, cachedInputPer1M: null };
  const price = {
    ...{ ...rates, validFrom: readOn, cacheWritePer1M: null, longContext: null },
    ...{ source: 'by hand', readOn },
  };
  await harness.stores.registry.edit('gpt-4o', (entry) => ({ ...entry, price }));
  expect((await harness.call(callInput(key(), { model: 'gpt-4o' }))).result?.costMicroUsd).toBeGreaterThan(0);
  expect((await harness.stores.registry.get('gpt-4o'))?.price).toMatchObject({ readOn, source: 'by hand' });
});

it('a call above its price ceiling is refused', async () => {
  const { failure } = await harness.call(callInput(key(), { maxCostMicroUsd: 10 }));
  expect(failure?.kind).toBe('budget');
  expect(server.calls()).toEqual([]);
});

it('a cap alerts once per threshold and period, and the document says how much is left', async () => {
  await harness.call(callInput(key()));
  const spent = (await harness.stores.spend.total()).settledMicroUsd;
  await limit(1_000_000);
  await harness.call(callInput(key()));
  await raiseBudget(client(), { scope: 'month', key: '*', limitMicroUsd: 2_000_000, reason: 'more' });
  // The first call was before any limit, and counts all the same.
  await limit(Math.ceil(spent * 2.2));
  const alerts = createAlertActivities(harness.dependencies);
  expect(await alerts.raiseCapAlerts()).toBe(2);
  expect(await alerts.raiseCapAlerts()).toBe(0);
  const document = await budgetDocument(client());
  expect(document.caps[0]).toMatchObject({ scope: 'month', percent: expect.any(Number) });
  expect(document.history.map(({ action }) => action)).toEqual(['set', 'raise', 'set']);
  expect((await spendDocument(client(), 'model')).rows).toMatchObject([{ model: 'gpt-4o-mini', calls: 2 }]);
});

it('an experiment is ended by its own budget, and by no cap of others', async () => {
  const { stores, dependencies } = harness;
  const [id, other] = ['experiment:budgets', 'decision:budgets'];
  const cap = createRunCap(stores.caps);
  for (const each of [id, other]) await cap.open(each, 2_000_000);
  const decisions = { scope: 'decision', key: '*', limitMicroUsd: 500_000, policy: 'stop' } as const;
  await setBudget(client(), { ...decisions, reason: 'test' });
  const limits = await stores.caps.limits();
  expect([id, other].map((key) => limits.find((each) => each.key === key)?.limitMicroUsd)).toEqual([
    2_000_000, 500_000,
  ]);

  const arms = { kind: 'model', armA: 'gpt-4o', armB: 'gpt-4o-mini', model: null } as const;
  const about = { name: 'budgets', world: 'live', category: null, alpha: 0.05, budgetMicroUsd: 2_000_000 };
  await stores.experiments.create({ id, ...arms, ...about });
  const { recordExperimentPairs } = createExperimentActivities(dependencies);
  const answer = (arm: ArmName, failure: 'budget' | null) => ({
    ...{ arm, model: `model-${arm}`, probability: failure ? null : 0.5, failure, costMicroUsd: 5 },
  });
  const refused = async (decisionId: string, worstCaseMicroUsd: number) => {
    const candidate = { provider: 'openai', model: 'm', worstCaseMicroUsd, statistical: false };
    const planned = (['a', 'b'] as const).map((arm) => ({ arm, candidate, wordingId: null, known: null }));
    const [askedAt, resolvesAt] = ['2025-09-15T13:00:00.000Z', '2025-09-22T20:00:00.000Z'];
    const propositionId = 'harness-proposition';
    await recordExperimentPairs({
      about: {
        ...{ decisionId, propositionId, askedAt, resolvesAt },
        experiments: [{ experimentId: id, arms: planned }],
      } as unknown as ArmsInput,
      pairs: [{ experimentId: id, answers: [answer('a', null), answer('b', 'budget')] }],
    });
    return (await stores.experiments.get(id))?.status;
  };
  expect(await refused('decision:others', 1_000_000)).toBe('running');
  expect(await refused('decision:own', 1_000_001)).toBe('budget_reached');
  expect(await stores.experiments.pairsOf(id)).toHaveLength(2);
});

it('an experiment loses a question, and goes on, while calls under way hold what is left of its budget', async () => {
  const { stores, dependencies } = harness;
  const id = 'experiment:held';
  await createRunCap(stores.caps).open(id, 2_000_000);
  const arms = { kind: 'model', armA: 'gpt-4o', armB: 'gpt-4o-mini', model: null } as const;
  const about = { name: 'held', world: 'live', category: null, alpha: 0.05, budgetMicroUsd: 2_000_000 };
  await stores.experiments.create({ id, ...arms, ...about });
  const { enterExperiments, recordExperimentPairs } = createExperimentActivities(dependencies);
  const propositionId = 'harness-proposition';
  const [askedAt, resolvesAt] = ['2025-09-15T13:00:00.000Z', '2025-09-22T20:00:00.000Z'];
  const entered = async () =>
    (
      await enterExperiments({
        input: { world: 'live', asOf: null, subject: 'question:harness', recorded: null },
        plan: { decisionId: 'decision:held', propositionId, now: askedAt, resolvesAt, category: 'test' },
        result: { status: 'decided', members: [{}], research: null },
        firstVotes: [],
      } as unknown as DecisionRecord)
    )?.experiments;
  const refused = async () => {
    const candidate = { provider: 'openai', model: 'm', worstCaseMicroUsd: 500_000, statistical: false };
    const planned = (['a', 'b'] as const).map((arm) => ({ arm, candidate, wordingId: null, known: null }));
    const answers = (['a', 'b'] as const).map((arm) => ({
      ...{ arm, model: arm, probability: null, failure: 'budget' as const, costMicroUsd: 0 },
    }));
    const question = { decisionId: 'decision:refused', propositionId, askedAt, resolvesAt };
    await recordExperimentPairs({
      about: { ...question, experiments: [{ experimentId: id, arms: planned }] } as unknown as ArmsInput,
      pairs: [{ experimentId: id, answers }],
    });
  };
  const status = async () => (await stores.experiments.get(id))?.status;
  expect(await entered()).toHaveLength(1);

  const calls = ['held-a', 'held-b'];
  for (const callKey of calls)
    await stores.ledger.reserve(aReservation({ callKey, decisionId: id, amountMicroUsd: 1_000_000 }));
  expect(await entered()).toBeUndefined();
  await refused();
  expect(await status()).toBe('running');
  const settle = (callKey: string, actualMicroUsd: number) =>
    stores.ledger.settle(`${callKey}#1`, { actualMicroUsd, usage: null, outcome: 'answered' });
  await settle('held-a', 10_000);
  expect(await entered()).toHaveLength(1);
  // What is held for a call of which no bill will tell does not come back.
  await stores.ledger.markUncertain('held-b#1', 'cut off');
  await stores.ledger.reserve(aReservation({ callKey: 'held-c', decisionId: id, amountMicroUsd: 990_000 }));
  await settle('held-c', 990_000);
  expect(await entered()).toBeUndefined();
  expect(await status()).toBe('budget_reached');
});

it('of raises that meet none lowers what another has raised', async () => {
  await limit(1_000_000);
  const raise = (limitMicroUsd: number) =>
    raiseBudget(client(), { scope: 'month', key: '*', limitMicroUsd, reason: 'more' });
  const raised = await Promise.allSettled([1_500_000, 2_000_000, 1_700_000, 1_600_000].map(raise));
  const refused = raised.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  for (const reason of refused) expect(reason).toMatch(/does not raise month/);
  const changes = (await harness.stores.caps.history()).map((change) => change.newLimitMicroUsd!);
  expect(changes).toEqual([...changes].sort((a, b) => b - a));
  expect(changes).toHaveLength(5 - refused.length);
  expect(changes[0]).toBe(2_000_000);
});

it('a month whose budget would end early raises one alert, which ends when the limit is raised enough', async () => {
  await limit(10_000_000);
  const spend = (daysAgo: number, microUsd: number) =>
    test.db.query(
      `insert into ledger (key, call_key, ordinal, world, provider, model, feature, category, status, billed,
         reserved_micro_usd, actual_micro_usd, price_version, outcome, reserved_at, settled_at)
       values ($1, $1, 1, 'live', 'openai', 'gpt-4o', 'decision', 'test', 'settled', true, $2, $2, 'test', 'answered',
         world_now('live') - $3 * interval '1 day', world_now('live'))`,
      [`burnt-${daysAgo}`, microUsd, daysAgo],
    );
  for (let day = 1; day <= 14; day += 1) await spend(day, 9_900_000);
  await spend(60, 1);
  const today = (await harness.stores.worlds.now('live')).slice(0, 10);
  expect(await harness.stores.spend.recentDays(today)).toHaveLength(14);
  const { raiseSpendAlerts } = createAlertActivities(harness.dependencies);
  const ends = async () =>
    (await harness.stores.alerts.list({ limit: 500 })).filter(({ kind }) => kind === 'budget_end');
  await raiseSpendAlerts();
  await raiseSpendAlerts();
  const { burn } = await budgetDocument(client());
  expect(Number(burn.perDayUsd)).toBe(9.9);
  expect((await ends()).map(({ title }) => title)).toEqual([
    `The month's budget ends on ${burn.endsOn} at $9.90 a day`,
  ]);
  await limit(1_000_000_000);
  await raiseSpendAlerts();
  expect((await ends()).map(({ resolvedAt }) => resolvedAt === null)).toEqual([false]);
  await test.db.query(`delete from ledger where key like 'burnt-%'`);
});

it('a budget is raised only upward and only with a reason', async () => {
  await limit(1_000_000);
  const change = { scope: 'month', key: '*', limitMicroUsd: 900_000, reason: 'less' } as const;
  await expect(raiseBudget(client(), change)).rejects.toThrow('does not raise month');
  await expect(raiseBudget(client(), { ...change, limitMicroUsd: 2_000_000, reason: ' ' })).rejects.toThrow(
    'reason is empty',
  );
});

it('no key is in the database or in a failure, also when a 401 echoes it', async () => {
  const failures: unknown[] = [];
  for (const fault of ['auth_echo', 'forbidden', 'bad_request', 'error_in_200', 'html_page'] as const) {
    fail({ fault });
    const environment = new MockActivityEnvironment();
    failures.push(await harness.call(callInput(key()), environment));
  }
  await harness.call(callInput(key()));
  expect(JSON.stringify(failures)).not.toContain(CANARY);
  const tables = await test.db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(20);
  for (const { name } of tables) {
    const found = await test.db.query(
      `select 1 from "${name}" t where t::text like '%' || $1 || '%' limit 1`,
      [CANARY],
    );
    expect({ name, rows: found.length }).toEqual({ name, rows: 0 });
  }
});
