// A change of an amount that names no policy, while another change of the policy is under way.
import { raiseBudget, setBudget } from '../../../client/budget';
import type { ConclaveClient } from '../../../client/connect';
import { changeSetting } from '../../../client/settings';
import { createStores } from '../../../db/stores';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { untilWaiting } from '../db/lock-waits';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());

const client = () => ({ stores: createStores(test.db) }) as ConclaveClient;

const month = { scope: 'month', key: '*', reason: 'a test' } as const;
const more = { ...month, limitMicroUsd: 2_000_000 };

it.each([
  ['budget', () => setBudget(client(), { ...more, policy: null })],
  ['raise of a budget', () => raiseBudget(client(), more)],
  ['setting', () => changeSetting(client(), { key: 'monthly_budget', value: 2 })],
])('a %s that names no policy leaves the one that was chosen meanwhile', async (_what, change) => {
  const { caps } = client().stores;
  await setBudget(client(), { ...month, limitMicroUsd: 1_000_000, policy: 'stop' });
  const changed = await test.db.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(4021500115)');
    await sql.query("update cap_limits set policy = 'downgrade'");
    const changing = change();
    await untilWaiting(test.db, 'limits', 1);
    return () => changing;
  });
  await changed();
  expect(await caps.limits()).toMatchObject([{ limitMicroUsd: 2_000_000, policy: 'downgrade' }]);
});

it('a new limit without a policy stops', async () => {
  const limit = { scope: 'day', key: '*', limitMicroUsd: 1, policy: null, reason: 'a test' } as const;
  await setBudget(client(), limit);
  const limits = await client().stores.caps.limits();
  expect(limits.filter(({ scope }) => scope === 'day')).toMatchObject([{ policy: 'stop' }]);
});
