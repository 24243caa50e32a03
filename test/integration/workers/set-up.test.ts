// The set-up job of a deployment with servers of its own, run as the program that the container runs.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Client as PostgresClient } from 'pg';
import { nodeArguments } from '../../../config/package-root';
import { backUp } from '../../../db/backup';
import { SEARCH_ATTRIBUTES } from '../../../workflows/contracts/search-attributes';
import { conclave } from '../../support/conclave-cli';
import { bareDatabase, cleanEnvironment, freshDatabase, testStack } from '../../support/test-stack';

jest.setTimeout(600_000);

const database = `set_up_${process.pid}_${randomBytes(4).toString('hex')}`;
let admin: PostgresClient;
let databaseUrl = '';
let address = '';
let home = '';

const onDatabase = (url: string, name: string): string =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;

beforeAll(async () => {
  const stack = await testStack();
  home = stack.home;
  address = stack.temporal.address;
  admin = new PostgresClient({ connectionString: onDatabase(stack.databaseUrl, 'postgres') });
  await admin.connect();
  await admin.query(`create database ${database}`);
  databaseUrl = onDatabase(stack.databaseUrl, database);
});

afterAll(async () => {
  await admin.query(`drop database if exists ${database} with (force)`);
  await admin.end();
});

const setUp = (variables: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, nodeArguments('workers/set-up'), {
    env: { ...cleanEnvironment(home), CONCLAVE_CONFIG: 'none', ...variables },
    encoding: 'utf8',
  });

test('an empty database and a server are ready after one run, and a second run changes nothing', async () => {
  for (const run of ['first', 'second']) {
    const { status, stderr } = setUp({ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address });
    expect({ run, status, stderr }).toMatchObject({ run, status: 0 });
  }
  const client = new PostgresClient({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query("select to_regclass('public.ensemble_decisions') is not null as made");
  await client.end();
  expect(rows).toEqual([{ made: true }]);
  const connection = await Connection.connect({ address });
  const { namespace } = new Client({ connection }).options;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  await connection.close();
  for (const { name } of SEARCH_ATTRIBUTES) expect(customAttributes).toHaveProperty(name);
});

test('a missing address is named, and the password of a wrong one is not shown', () => {
  const missing = setUp({ DATABASE_URL: databaseUrl });
  expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('TEMPORAL_ADDRESS')]);
  const wrong = setUp({
    DATABASE_URL: 'postgres://me:hidden-word@127.0.0.1:1/none',
    TEMPORAL_ADDRESS: address,
  });
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).not.toContain('hidden-word');
});

test('a worker that cannot be made ends with the reason, so that it is started again', () => {
  const { status, signal, stderr } = spawnSync(process.execPath, nodeArguments('workers/main'), {
    env: {
      ...cleanEnvironment(home),
      ...{ CONCLAVE_CONFIG: 'none', DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address },
      TEMPORAL_NAMESPACE: 'mistyped',
    },
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect({ status, signal, stderr }).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('mistyped'),
  });
});

test('a backup goes into an empty database before the set-up job, and is refused after it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-set-up-'));
  const [source, target] = [await freshDatabase(), await bareDatabase()];
  try {
    const file = join(folder, 'desk.backup');
    const client = new PostgresClient({ connectionString: source.url });
    await client.connect();
    await client.query("insert into settings values ('kept', 'c', '1', now())");
    await client.end();
    await backUp(source.url, file);
    const env = {
      ...cleanEnvironment(folder),
      ...{ CONCLAVE_CONFIG: 'none', DATABASE_URL: target.url, TEMPORAL_ADDRESS: address },
    };
    const restoring = () => conclave(['restore', file], { env, home: folder });
    expect(await restoring()).toMatchObject({ code: 0 });
    expect(setUp(env)).toMatchObject({ status: 0 });
    const late = await restoring();
    expect(late.code).not.toBe(0);
    expect(late.stderr).toContain('before the set-up job');
    const restored = new PostgresClient({ connectionString: target.url });
    await restored.connect();
    const { rows } = await restored.query("select value from settings where key = 'kept'");
    await restored.end();
    expect(rows).toEqual([{ value: 1 }]);
  } finally {
    await Promise.all([source.drop(), target.drop()]);
    rmSync(folder, { recursive: true, force: true });
  }
});
