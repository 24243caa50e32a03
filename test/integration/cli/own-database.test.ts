// `conclave providers` where the servers are one's own: no supervisor runs here, and the tables say how providers are.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStores } from '../../../db/stores';
import { typeCommand } from '../../support/typed-command';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

const before = { ...process.env };
let home: string;
let test: TestDatabase;

beforeAll(async () => {
  test = await freshTestDatabase();
  home = mkdtempSync(join(tmpdir(), 'conclave-own-'));
  Object.assign(process.env, {
    ...{ CONCLAVE_HOME: home, CONCLAVE_CONFIG: 'none', DATABASE_URL: test.url, OPENAI_API_KEY: 'sk-x' },
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
}, STACK_START_MS);
afterAll(async () => {
  process.env = before;
  rmSync(home, { recursive: true, force: true });
  await test.drop();
});

it('shows mode and health of a database of its own, without a stack and without Temporal', async () => {
  const stores = createStores(test.db);
  await stores.modes.override({ mode: 'halted', reason: 'a bill', by: 'test' });
  await stores.health.observe({
    ...{ provider: 'openai', model: 'gpt-4o', origin: 'call', ok: true, failure: null, latencyMs: 40 },
  });
  const { code, json } = await typeCommand(['providers', 'list']);
  expect([code, json.mode]).toMatchObject([0, { mode: 'halted', reason: 'a bill' }]);
  expect(json.providers.find(({ name }: { name: string }) => name === 'openai').health).toMatchObject({
    models: [{ model: 'gpt-4o', observations: 1 }],
  });
});

it('lists providers all the same where the database does not answer, and says so', async () => {
  const said = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  process.env.DATABASE_URL = 'postgres://u:p@127.0.0.1:1/conclave';
  const { code, json } = await typeCommand(['providers', 'list']);
  process.env.DATABASE_URL = test.url;
  expect([code, json.mode]).toEqual([0, null]);
  expect(said.mock.calls.join()).toContain('Health and mode are not known');
  said.mockRestore();
});
