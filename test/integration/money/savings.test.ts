// What was saved, by cause, computed from rows over a real database: prompt caches at the price of the call,
// research by a sibling, a cascade that stopped early, shared briefs; each counted once.
import { createDecisionSavings } from '../../../activities/decision-savings';
import { createResearchSavings } from '../../../activities/research-savings';
import type { ConclaveClient } from '../../../client/connect';
import { skillCostDocument } from '../../../client/skill-cost';
import { spendDocument } from '../../../client/spend';
import type { DecisionRecord, MemberResult } from '../../../workflows/contracts/decision';
import type { StoreBriefInput } from '../../../workflows/contracts/research';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aBrief, aReservation } from '../db/rows';

let test: TestDatabase;
let harness: CallHarness;

/** Nobody listens there, and nobody is asked. */
const hosted = (name: string, kind: 'openai-compatible' | 'anthropic' = 'openai-compatible') => ({
  ...{ name, kind, baseUrl: 'http://127.0.0.1:9/v1', readKey: () => 'sk-x' },
});

beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, [hosted('openai'), hosted('anthropic', 'anthropic')], 5);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await test.drop();
});
beforeEach(() =>
  test.db.query('truncate savings, brief_reads, answers, reservations, ledger restart identity cascade'),
);

const client = (): ConclaveClient => ({ stores: harness.stores }) as ConclaveClient;
const usage = (input: number, cachedInput: number, output: number) => ({
  ...{ input, cachedInput, cacheWrite: 0, output, reasoning: 0 },
});

let calls = 0;
/** One settled call, at the price in force. */
const paid = async (model: string, used: ReturnType<typeof usage>, task = 'forecast'): Promise<void> => {
  const entry = (await harness.stores.registry.get(model))!;
  calls += 1;
  const reserved = await harness.stores.ledger.reserve({
    ...aReservation({ callKey: `saved-${calls}`, model, provider: entry.provider, task }),
    priceVersion: entry.price!.validFrom,
  });
  if (reserved.status !== 'reserved') throw new Error(reserved.status);
  await harness.stores.ledger.settle(reserved.key, {
    ...{ actualMicroUsd: 1, usage: used, outcome: 'answered' },
  });
};

it('cached tokens save what they would have cost at the price of their call', async () => {
  const { price } = (await harness.stores.registry.get('gpt-4o-mini'))!;
  await paid('gpt-4o-mini', usage(10_000, 8_000, 100));
  await paid('gpt-4o-mini', usage(10_000, 0, 100));
  const { saved } = await spendDocument(client(), 'model');
  const expected = (8_000 * (price!.inputPer1M - price!.cachedInputPer1M!)) / 1_000_000;
  expect(Math.abs(Number(saved.promptCacheUsd) * 1_000_000 - expected)).toBeLessThanOrEqual(1);
  expect(saved.totalUsd).toBe(saved.promptCacheUsd);
});

it('a brief read again saves its cost, and a range counts only its own reads', async () => {
  const read = { world: 'live', subject: 'equity:AAPL', kind: 'complete', template: 'swing' } as const;
  const hit = { ...read, outcome: 'hit' as const, briefId: 'b', epoch: 0, costSavedMicroUsd: 2_500 };
  await harness.stores.briefMetrics.recordRead({ ...hit, reader: 'decision-one' });
  await harness.stores.briefMetrics.recordRead({ ...hit, reader: 'decision-two' });
  const saved = async (range: object) =>
    (await spendDocument(client(), 'model', range)).saved.sharedBriefsUsd;
  expect(Number(await saved({}))).toBe(0.005);
  expect(Number(await saved({ decisionId: 'decision-two' }))).toBe(0.0025);
  expect(Number(await saved({ to: '2020-01-01T00:00:00.000Z' }))).toBe(0);
  expect(Number(await saved({ world: 'synthetic' }))).toBe(0);
});

it('research by a sibling saves the difference to the model it stood in for, once per brief', async () => {
  const models = await harness.stores.registry.list();
  const premium = models.find(
    ({ researchSibling, provider }) => researchSibling !== null && provider === 'openai',
  )!;
  const sibling = models.find(({ id }) => id === premium.researchSibling)!;
  const answer = (key: string) =>
    harness.stores.answers.put({
      ...{ key, world: 'live', provider: sibling.provider, model: sibling.id, status: 'answered' as const },
      ...{ failure: null, answer: {}, usage: usage(20_000, 0, 2_000), costMicroUsd: 500, latencyMs: 1 },
      servedBy: sibling.id,
    });
  await answer('written');
  await answer('verdict');
  const brief = aBrief({ writtenBy: sibling.id });
  const input = {
    ...{ briefKey: 'written', verdictKey: 'verdict', research: { sessionId: 'session-1' } },
  } as StoreBriefInput;
  const { recordSiblingSaving } = createResearchSavings(harness.dependencies);
  await recordSiblingSaving(brief, input);
  await recordSiblingSaving(brief, input);
  const rows = await test.db.query<{
    cause: string;
    wouldHaveCostMicroUsd: number;
    costMicroUsd: number;
    basis: { insteadOf: string };
  }>('select * from savings');
  expect(rows).toHaveLength(1);
  const [row] = rows;
  const dearer = models.find(({ id }) => id === row!.basis.insteadOf)!;
  expect(dearer.researchSibling).toBe(sibling.id);
  const would = (20_000 * dearer.price!.inputPer1M + 2_000 * dearer.price!.outputPer1M) / 1_000_000;
  expect(row).toMatchObject({ wouldHaveCostMicroUsd: 2 * Math.ceil(would), costMicroUsd: 1_000 });
  const { saved } = await spendDocument(client(), 'model', { sessionId: 'session-1' });
  expect(Number(saved.siblingModelUsd)).toBeCloseTo((2 * Math.ceil(would) - 1_000) / 1_000_000, 6);
  await recordSiblingSaving(aBrief({ writtenBy: dearer.id }), input);
  expect(await test.db.query('select 1 from savings')).toHaveLength(1);
});

const cascade = (change: object = {}): DecisionRecord =>
  ({
    input: { world: 'live', sessionId: null },
    plan: {
      ...{ decisionId: 'decision-c', strategy: 'cascade' },
      members: ['gpt-4o-mini', 'gpt-4o', 'claude-haiku-4-5'].map((model) => ({ model, statistical: false })),
    },
    result: {
      ...{ status: 'decided', stage: 'quick', costMicroUsd: 300 },
      members: [{ model: 'gpt-4o-mini', standsInFor: null } as MemberResult],
      ...change,
    },
  }) as unknown as DecisionRecord;

it('a cascade that stopped early saves what the unasked members usually cost, none where no bill is known', async () => {
  const { recordSavings } = createDecisionSavings(harness.dependencies);
  await recordSavings(cascade());
  expect(await test.db.query('select 1 from savings')).toEqual([]);
  for (let bill = 0; bill < 5; bill += 1) await paid('gpt-4o', usage(4_000, 0, 300));
  await recordSavings(cascade({ stage: 'full' }));
  await recordSavings(cascade({ status: 'abstained' }));
  expect(await test.db.query('select 1 from savings')).toEqual([]);
  await recordSavings(cascade());
  const [row] = await test.db.query<{
    wouldHaveCostMicroUsd: number;
    basis: { notAsked: readonly { model: string; expectedMicroUsd: number }[] };
  }>('select * from savings');
  expect(row?.basis.notAsked.map(({ model }) => model)).toEqual(['gpt-4o']);
  expect(row?.wouldHaveCostMicroUsd).toBe(300 + row!.basis.notAsked[0]!.expectedMicroUsd);
  expect(Number((await spendDocument(client(), 'model')).saved.cascadeUsd)).toBeGreaterThan(0);
});

it('a decision counts each of its language models after the first as a reader of its brief, once', async () => {
  const { briefs, briefMetrics, desk } = harness.stores;
  const brief = aBrief({ costMicroUsd: 30_000 });
  await briefs.storeBrief(brief, 0);
  const member = (model: string, provider: string, change: Partial<MemberResult> = {}) =>
    ({
      model,
      provider,
      status: 'answered',
      answerKey: `key-${model}`,
      standsInFor: null,
      ...change,
    }) as MemberResult;
  const record = {
    input: { world: brief.world, sessionId: null },
    plan: {
      ...{ decisionId: 'decision-s', strategy: 'weighted_vote', members: [] },
      reusedAnswers: [{ model: 'taken-over', answerKey: 'key-taken-over', costThenMicroUsd: 0 }],
    },
    result: {
      ...{ decisionId: 'decision-s', status: 'decided', stage: 'full', research: { briefId: brief.id } },
      members: [
        ...[member('house-drift', 'house'), member('first', 'openai'), member('second', 'openai')],
        ...[member('third', 'anthropic'), member('taken-over', 'openai'), member('fourth', 'openai')],
        member('failed', 'openai', { status: 'failed', answerKey: null }),
      ],
    },
  } as unknown as DecisionRecord;
  const { recordSavings } = createDecisionSavings(harness.dependencies);
  await recordSavings(record);
  await recordSavings(record);
  const [row] = await briefMetrics.metrics({ world: brief.world, by: 'overall' });
  expect(row).toMatchObject({ hits: 0, misses: 0, joins: 3, costSavedMicroUsd: 90_000 });
  const { saved } = await spendDocument(client(), 'model', { decisionId: 'decision-s' });
  expect(Number(saved.sharedBriefsUsd)).toBe(0.09);
  // What is popular is what is asked for, by however many models.
  expect(await desk.reads(brief.world, 7)).toEqual(new Map());
});

it('skill has its price by model, category and window, most points per dollar first', async () => {
  const window = (model: string, marketCategory: string, metrics: Readonly<Record<string, number>>) => ({
    ...{ world: 'live', model, timeWindow: '30d' as const, marketCategory, volatilityRegime: '*' },
    ...{ timeToExpiry: '*', n: 40, metrics, asOf: '2026-01-10T00:00:00.000Z' },
  });
  await harness.stores.performance.putWindows([
    window('dear', '*', { skill: 0.02, skillLow: 0.01, costMicroUsd: 400_000, pricedForecasts: 40 }),
    window('cheap', '*', { skill: 0.02, skillLow: 0.01, costMicroUsd: 40_000, pricedForecasts: 40 }),
    window('cheap', 'politics', { skill: -0.01, skillLow: -0.02, costMicroUsd: 10_000, pricedForecasts: 10 }),
  ]);
  const all = await skillCostDocument(client(), { world: 'live', window: '30d' });
  expect(all.rows.map(({ model, category }) => [model, category])).toEqual([
    ['cheap', '*'],
    ['dear', '*'],
    ['cheap', 'politics'],
  ]);
  expect(all.rows[0]).toMatchObject({ window: '30d', n: 40, pointsPerUsd: 1_000 });
  expect(Number(all.rows[0]?.costPerForecastUsd)).toBe(0.001);
  expect(Number(all.rows[0]?.costPerPointUsd)).toBe(0.0005);
  expect(all.rows[2]).toMatchObject({ costPerPointUsd: null, pointsPerUsd: 0 });
  const one = await skillCostDocument(client(), { world: 'live', category: 'politics' });
  expect(one.rows).toHaveLength(1);
});
