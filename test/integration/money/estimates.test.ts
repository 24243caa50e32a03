// Estimates against bills: a hundred calls teach what the next hundred will cost, over real HTTP, with a tokenizer
// and reasoning that no rough count foresees. What is reserved stays above every bill, and spending is seen at once.
import type { ConclaveClient } from '../../../client/connect';
import { currentSpend, estimateTasks, openDesk } from '../../../client/model-desk';
import { createStores } from '../../../db/stores';
import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { seeded } from '../../support/question-variants';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aReservation } from '../db/rows';

jest.setTimeout(120_000);

const KEYS = new Set(['OPENAI_API_KEY']);
/** Two models of the list, 60 calls of the one for 40 of the other. */
const MODELS = ['gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o', 'gpt-4o'];
const CALLS = { 'gpt-4o-mini': 60, 'gpt-4o': 40 };

let test: TestDatabase;
let server: ProviderServer;
let harness: CallHarness;
const random = seeded(7);
const client = (): ConclaveClient => ({ stores: createStores(test.db) }) as ConclaveClient;

const startHarness = () =>
  createCallHarness(test.url, [
    {
      name: 'openai',
      kind: 'openai-compatible',
      readKey: () => 'sk-test-estimates',
      baseUrl: `${server.as('openai')}/v1`,
    },
  ]);

beforeAll(async () => {
  test = await freshTestDatabase(10);
  server = await startProviderServer();
  harness = await startHarness();
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await server.close();
  await test.drop();
});

/** Forecasts on statements of 200 to 2,200 characters, with 250 to 750 tokens of reasoning. */
const callHundred = async (name: string): Promise<void> => {
  const base = (await harness.stores.propositions.get('harness-proposition'))!;
  for (let index = 0; index < 100; index += 1) {
    const id = `${name}-${index}`;
    const statement = `The harness answers question ${id}. `.repeat(6 + Math.floor(55 * random()));
    await harness.stores.propositions.put({ ...base, id, statement });
    server.set({ charsPerToken: 3.1, cachedShare: 0.25, reasoningTokens: 250 + Math.floor(500 * random()) });
    const task = {
      type: 'forecast',
      propositionId: id,
      briefId: null,
      seriesId: null,
      recorded: null,
    } as const;
    const { failure } = await harness.call(callInput(id, { task, model: MODELS[index % MODELS.length]! }));
    expect(failure).toBeNull();
  }
};

/** What the ledger says that calls of a name cost, and the closest that one came to its reservation. */
const billed = async (name: string) => {
  const [row] = await test.db.query<{ cost: number; closest: number }>(
    `select sum(actual_micro_usd)::float8 as cost, max(actual_micro_usd::float8 / reserved_micro_usd) as closest
     from ledger where call_key like $1`,
    [`${name}-%`],
  );
  return row!;
};

/** Micro-dollars that the plan of a hundred calls is estimated at. */
const estimated = async (): Promise<number> => {
  const desk = await openDesk(client(), KEYS);
  const totals = Object.entries(CALLS).map(
    ([onlyModel, calls]) =>
      estimateTasks(desk, { tier: null, onlyModel, usage: { forecast: calls } }).total_cost,
  );
  return totals.reduce((sum, cost) => sum + cost, 0) * 1_000_000;
};

it('a hundred calls are billed within a tenth of their estimate once a hundred others taught it', async () => {
  const before = await estimated();
  await callHundred('teaching');
  // A worker of its own, as after a restart: it reserves by what the first hundred taught.
  await harness.close();
  harness = await startHarness();
  const after = await estimated();
  await callHundred('taught');
  const { cost, closest } = await billed('taught');
  console.info(
    `estimated ${Math.round(after)}, billed ${cost}, before learning ${Math.round(before)} micro-dollars`,
  );
  expect(Math.abs(before / cost - 1)).toBeGreaterThan(0.1);
  expect(Math.abs(after / cost - 1)).toBeLessThan(0.1);
  expect(closest).toBeLessThan(1);
  expect((await billed('teaching')).closest).toBeLessThan(1);
});

it('each call is seen in the spending of the month as soon as it is answered', async () => {
  const spends: number[] = [(await currentSpend(client())).spend];
  for (let index = 0; index < 3; index += 1) {
    await harness.call(callInput(`seen-${index}`));
    spends.push((await currentSpend(client())).spend);
  }
  const [{ cost }] = [await billed('seen')];
  expect(spends).toEqual([...new Set(spends)].sort((a, b) => a - b));
  expect((spends.at(-1)! - spends[0]!) * 1_000_000).toBeCloseTo(cost, 3);
});

it('what is held for a call under way is not left of the month', async () => {
  const { caps, ledger } = harness.stores;
  await caps.setLimit({ scope: 'month', key: '*', limitMicroUsd: 9_000_000, policy: 'stop', reason: 'test' });
  const before = await currentSpend(client());
  await ledger.reserve(aReservation({ amountMicroUsd: 2_000_000 }));
  const after = await currentSpend(client());
  expect(after.spend).toBe(before.spend);
  expect(before.budget_remaining! - after.budget_remaining!).toBeCloseTo(2, 6);
});
