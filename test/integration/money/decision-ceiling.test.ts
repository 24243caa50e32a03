// What one decision may spend: the least room under all caps that cover it, its own ceiling among them.
import { createBudgetLeft } from '../../../activities/budget-left';
import { findViolations } from '../../../db/invariants';
import { createRunCap } from '../../../db/run-cap';
import { createStores } from '../../../db/stores';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aReservation } from '../db/rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase(10);
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(() =>
  test.db.query(
    'truncate reservations, ledger, caps, cap_limits, cap_limit_changes restart identity cascade',
  ),
);

const stores = () => createStores(test.db);
const limit = (scope: 'month' | 'market_session' | 'decision', limitMicroUsd: number, key = '*') =>
  stores().caps.setLimit({ scope, key, limitMicroUsd, policy: 'stop', reason: 'test' });
const left = (sessionId: string | null = 's') =>
  createBudgetLeft({ stores: stores() })({ decisionId: 'd', sessionId });
const spend = (callKey: string, amountMicroUsd: number, decisionId = 'd') =>
  stores().ledger.reserve(aReservation({ callKey, amountMicroUsd, decisionId, sessionId: 's' }));

it('is unbounded without a cap, and the least of the caps that cover it with some', async () => {
  expect(await left()).toBeNull();
  await limit('month', 900_000);
  expect(await left()).toBe(900_000);
  await limit('market_session', 500_000);
  await spend('another decision of the session', 100_000, 'other');
  expect([await left(), await left(null)]).toEqual([400_000, 800_000]);
  await limit('decision', 300_000);
  expect(await left()).toBe(300_000);
  await limit('decision', 50_000, 'd');
  await spend('own', 20_000);
  expect(await left()).toBe(30_000);
});

it('has one ceiling for all calls together, however many race for it', async () => {
  await createRunCap(stores().caps).open('d', 100_000);
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_unused, index) => spend(`call ${index}`, 30_000)),
  );
  expect(sent.filter(({ status }) => status === 'reserved')).toHaveLength(3);
  expect((await spend('of another', 30_000, 'other')).status).toBe('reserved');
  await createRunCap(stores().caps).close('d');
  expect(await left()).toBeNull();
});

it('follows the limit of every decision when that is lowered, and not when it is raised', async () => {
  const { open } = createRunCap(stores().caps);
  await open('d', 100_000);
  await spend('own', 20_000);
  await open('by hand', 100_000);
  await limit('decision', 200_000, 'by hand');
  await open('small', 10_000);
  await limit('decision', 80_000);
  expect(await left(null)).toBe(60_000);
  await limit('decision', 15_000);
  expect(await left(null)).toBe(0);
  await limit('decision', 90_000);
  await open('later', 100_000);
  const limits = (await stores().caps.limits()).map(({ key, limitMicroUsd }) => [key, limitMicroUsd]);
  expect(limits).toEqual([
    ['*', 90_000],
    ['by hand', 200_000],
    ['d', 15_000],
    ['later', 90_000],
    ['small', 10_000],
  ]);
  expect(await findViolations(test.db, { drainSeconds: 3600 })).toEqual([]);
});
