// The shared stack that other integration tests stand on.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, Client as TemporalClient } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { Client } from 'pg';
import { loadConfig } from '../../../config/load';
import { migrate } from '../../../db/migrate';
import { diagnose } from '../../../stack/diagnosis';
import { OPEN_WORK } from '../../../stack/open-work';
import { checkTemporal, countWorkflows, registerSearchAttributes } from '../../../stack/temporal-check';
import { SEARCH_ATTRIBUTES } from '../../../workflows/contracts/search-attributes';
import { bareDatabase, freshDatabase, testConfig, testStack } from '../../support/test-stack';

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

test('work that calls models keeps a stack, waits for a person or a closing price do not', async () => {
  const { temporal } = await testStack();
  const connection = await Connection.connect({ address: temporal.address });
  const client = new TemporalClient({ connection, namespace: temporal.namespace });
  // A queue that nobody serves: everything stays open.
  const taskQueue = `open-work-${randomUUID()}`;
  const status = defineSearchAttributeKey('ConclaveStatus', 'KEYWORD');
  const start = (type: string, { state, id }: { readonly state?: string; readonly id?: string } = {}) =>
    client.workflow.start(type, {
      workflowId: id ?? `${type}:${taskQueue}`,
      taskQueue,
      ...(state ? { typedSearchAttributes: [{ key: status, value: state }] } : {}),
    });
  const holding = [
    ...['probation', 'experimentArms', 'taskRun', 'cacheWarming', 'marketSession', 'ensembleDecision'],
    ...['researchSession', 'analystPanel', 'competitionDay'],
  ];
  const started = await Promise.all([
    ...holding.map((type) => start(type)),
    start('tournament', { id: `tournament:new-${taskQueue}` }),
    start('tournament', { id: `tournament:asking-${taskQueue}`, state: 'asking' }),
    start('paperDay', { id: `paper-orders:${taskQueue}` }),
    start('tournament', { id: `tournament:waiting-${taskQueue}`, state: 'waiting' }),
    start('paperDay', { id: `end-of-day:${taskQueue}` }),
    start('review'),
    start('alertWatch'),
  ]);
  const ofQueue = `TaskQueue="${taskQueue}"`;
  while ((await countWorkflows(temporal, ofQueue)) < started.length);
  expect(await countWorkflows(temporal, `${ofQueue} AND (${OPEN_WORK})`)).toBe(holding.length + 3);
  await Promise.all(started.map((handle) => handle.terminate()));
  await connection.close();
});

test('doctor names servers that nobody has set up, and is content once they are', async () => {
  const { temporal } = await testStack();
  const database = await bareDatabase();
  const namespace = `doctor-${randomUUID()}`;
  const connection = await Connection.connect({ address: temporal.address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const home = mkdtempSync(join(tmpdir(), 'conclave-doctor-'));
  const env = {
    ...testConfig(home).env,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
  };
  const findings = async (): Promise<Readonly<Record<string, string>>> => {
    const { checks } = await diagnose(loadConfig({ env, cwd: home }), env);
    return Object.fromEntries(checks.map(({ name, ok, fix }) => [name, ok ? 'ok' : `${fix}`]));
  };
  const before = await findings();
  expect(before).toMatchObject({
    postgres: 'ok',
    schema: expect.stringContaining('set-up.js'),
    temporal: expect.stringContaining('ConclaveSymbol (Keyword)'),
  });
  expect(before).not.toHaveProperty('workers');
  await migrate(database.url);
  await registerSearchAttributes({ address: temporal.address, namespace }, SEARCH_ATTRIBUTES);
  expect(await findings()).toMatchObject({
    postgres: 'ok',
    schema: 'ok',
    temporal: 'ok',
    workers: expect.stringContaining('Start one'),
    schedules: 'ok',
  });
  await connection.close();
  await database.drop();
  rmSync(home, { recursive: true });
});
