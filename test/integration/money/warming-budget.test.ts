// A warming's budget: what it has spent says whether it goes on, and its cap refuses what it cannot pay for.
import { createWarming } from '../../../activities/warming';
import { createStores } from '../../../db/stores';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aReservation } from '../db/rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());

it('goes on while calls under way hold its budget, and is never exceeded', async () => {
  const stores = createStores(test.db);
  const [sessionId, budgetMicroUsd] = ['warming:held', 1_000_000];
  await stores.caps.setLimit({
    ...{ scope: 'market_session', key: sessionId, limitMicroUsd: budgetMicroUsd, policy: 'stop' },
    reason: 'warming budget',
  } as const);
  const { attachWarming } = createWarming({
    ...{ stores, options: {}, briefCache: { serve: async () => null } },
    client: { workflow: { signalWithStart: async () => ({ signaledRunId: 'run' }) } },
  } as unknown as Parameters<typeof createWarming>[0]);
  const attach = async (expectedMicroUsd: number) =>
    (
      await attachWarming({
        plan: { sessionId, world: 'live', budgetMicroUsd },
        item: { subject: 'equity:HELD', kind: 'complete', refresh: false, expectedMicroUsd },
        waiter: 'warming',
      })
    ).status;
  const reserve = async (callKey: string, amountMicroUsd: number) =>
    (await stores.ledger.reserve(aReservation({ callKey, sessionId, amountMicroUsd }))).status;
  const settle = (callKey: string, actualMicroUsd: number) =>
    stores.ledger.settle(`${callKey}#1`, { actualMicroUsd, usage: null, outcome: 'answered' });

  expect(await reserve('a', 300_000)).toBe('reserved');
  await settle('a', 240_000);
  for (const callKey of ['b', 'c', 'd']) expect(await reserve(callKey, 250_000)).toBe('reserved');
  expect(await attach(80_000)).toBe('attached');
  expect(await reserve('e', 250_000)).toBe('refused');

  await settle('b', 80_000);
  // What was cut off may have been billed in full.
  await stores.ledger.markUncertain('c#1', 'cut off');
  expect(await attach(430_000)).toBe('attached');
  expect(await attach(430_001)).toBe('over_budget');
  await stores.ledger.voidCall('d#1', 'unavailable');
  expect(await attach(430_001)).toBe('over_budget');
});
