// The shared stack that other integration tests stand on.
import { Client } from 'pg';
import { checkTemporal } from '../../../stack/temporal-check';
import { freshDatabase, testStack } from '../../support/test-stack';

jest.setTimeout(600_000);

test('gives each caller a migrated database of its own', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  expect(one.url).not.toBe(other.url);
  const client = new Client({ connectionString: one.url });
  await client.connect();
  const { rows } = await client.query(
    "select count(*)::int as n from information_schema.tables where table_schema = 'public'",
  );
  expect(rows[0].n).toBeGreaterThan(5);
  await client.end();
  await Promise.all([one.drop(), other.drop()]);
});

test('serves Temporal with its namespace', async () => {
  const { temporal } = await testStack();
  expect(await checkTemporal(temporal)).toBeNull();
});
