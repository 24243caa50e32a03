// Each way a stack can fail to start ends with its own error, a way out, and nothing half-done.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { loadConfig } from '../../../config/load';
import { withDatabaseAlone } from '../../../stack/database-alone';
import { prepareHome } from '../../../stack/home';
import { choosePort } from '../../../stack/ports';
import { postmasterFile, prepareCluster } from '../../../stack/postgres-cluster';
import {
  endLeftoverPostgres,
  postgresUrl,
  runStatement,
  startPostgres,
} from '../../../stack/postgres-server';
import type { ProcessRecord } from '../../../stack/process-identity';
import { ensureStack, stackStatus, stopStack } from '../../../stack/stack';
import { startStack } from '../../../stack/supervisor';
import { startTemporal } from '../../../stack/temporal-server';
import { type OccupiedPort, occupyPort } from '../../support/occupied-port';
import {
  bareDatabase,
  freshDatabase,
  TEST_STACK_YAML,
  temporalAddress,
  testConfig,
} from '../../support/test-stack';

jest.setTimeout(600_000);

const folder = mkdtempSync(join(tmpdir(), 'conclave-errors-'));
let occupied: OccupiedPort;

beforeAll(async () => {
  occupied = await occupyPort();
});

afterAll(() => {
  occupied.release();
  rmSync(folder, { recursive: true, force: true });
});

const failure = async (name: string, yaml: string, more: NodeJS.ProcessEnv = {}) => {
  const base = testConfig(join(folder, name), yaml);
  const env = { ...base.env, ...more };
  const config = loadConfig({ env, cwd: base.config.home });
  const error = await ensureStack({ config, env }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(await stackStatus(config)).toBeNull();
  return error;
};

test('a configured port that is in use is named', async () => {
  const yaml = TEST_STACK_YAML.replace('temporal: 0', `temporal: ${occupied.port}`);
  expect(await failure('port', yaml)).toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`${occupied.port} (ports.temporal)`),
    exitCode: 1,
  });
});

test('a data folder that is a file is not writable', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const { env, config } = testConfig(join(folder, 'other'));
  await expect(ensureStack({ env, config: { ...config, home: join(file, 'home') } })).rejects.toMatchObject({
    code: 'home_unwritable',
    fix: expect.stringContaining('CONCLAVE_HOME'),
  });
});

test('a database address in a file that is named from where the command is typed is read by the stack too', async () => {
  const file = join(folder, 'address');
  writeFileSync(file, 'postgres://a:b@127.0.0.1:1/x');
  const more = { DATABASE_URL_FILE: relative(process.cwd(), file) };
  expect(await failure('relative', TEST_STACK_YAML, more)).toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('nothing listens'),
  });
});

test('a folder that another host has is neither started nor stopped from here', async () => {
  const place = testConfig(join(folder, 'elsewhere'));
  const { run } = await prepareHome(place.config.home);
  const holder = { name: 'supervisor', pid: process.pid, identity: 'b', host: 'desk-2', place: 'its own' };
  writeFileSync(join(run, 'supervisor.lock'), JSON.stringify(holder));
  const refusal = { code: 'second_stack', message: expect.stringContaining('desk-2') };
  await expect(ensureStack(place)).rejects.toMatchObject(refusal);
  await expect(stopStack(place.config)).rejects.toMatchObject(refusal);
  await expect(withDatabaseAlone(place, async () => null)).rejects.toMatchObject(refusal);
});

test('a database address where nothing listens, and one with a wrong password, are told apart', async () => {
  const nothing = await failure('nothing', TEST_STACK_YAML, { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' });
  expect(nothing).toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('nothing listens'),
  });
  const database = await freshDatabase();
  const address = new URL(database.url);
  address.password = 'wrong-password';
  const wrong = await failure('wrong', TEST_STACK_YAML, { DATABASE_URL: address.toString() });
  expect(wrong).toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('password is wrong'),
  });
  expect((wrong as Error).message).not.toContain('wrong-password');
  await database.drop();
});

test('a database of another application is left as it is, and the setting that names it is said', async () => {
  const database = await bareDatabase();
  await runStatement(database.url, 'create table users (id int)');
  expect(await failure('foreign', TEST_STACK_YAML, { DATABASE_URL: database.url })).toMatchObject({
    code: 'foreign_database',
    message: expect.stringContaining('(users)'),
    fix: expect.stringContaining('DATABASE_URL'),
  });
  await expect(runStatement(database.url, 'select 1 from settings')).rejects.toMatchObject({ code: '42P01' });
  await database.drop();
});

test('a Temporal address where no server answers is refused', async () => {
  const error = await failure('temporal', TEST_STACK_YAML, { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(error).toMatchObject({
    code: 'temporal_unreachable',
    fix: expect.stringContaining('TEMPORAL_ADDRESS'),
  });
});

test('a configured Temporal program that does not run is refused', async () => {
  const error = await failure('program', TEST_STACK_YAML, { CONCLAVE_TEMPORAL_CLI: '/bin/false' });
  expect(error).toMatchObject({
    code: 'temporal_missing',
    fix: expect.stringContaining('CONCLAVE_TEMPORAL_CLI'),
  });
});

test.each([
  ['temporalUi', 'a server binds it', TEST_STACK_YAML, ['postgres', 'temporal']],
  [
    'api',
    'the API binds it',
    TEST_STACK_YAML.replace('api: false', 'api: true'),
    ['postgres', 'temporal', 'api'],
  ],
])(
  'a port (%s) that another program takes just before %s is given up for another',
  async (name, _when, yaml, parts) => {
    const { env, config } = testConfig(join(folder, `raced for ${name}`), yaml);
    const paths = await prepareHome(config.home);
    const chosen = (): number => JSON.parse(readFileSync(join(paths.run, 'ports.json'), 'utf8'))[name];
    const taken: OccupiedPort[] = [];
    const log: string[] = [];
    const onProgress = async (text: string): Promise<void> => {
      if (text === 'starting the Temporal server' && log.length === 0) taken.push(await occupyPort(chosen()));
    };
    const stack = await startStack({ config, paths, env, onProgress, log: (text) => log.push(text) });
    try {
      expect(log).toEqual([expect.stringContaining(`${taken[0]?.port}`)]);
      expect(chosen()).not.toBe(taken[0]?.port);
      const { temporal, apiUrl } = stack.endpoints;
      expect([temporal.uiUrl, apiUrl]).toContain(`http://127.0.0.1:${chosen()}`);
      expect(stack.parts().map((part) => [part.name, part.state])).toEqual(
        parts.map((part) => [part, 'running']),
      );
    } finally {
      await stack.stop();
      for (const port of taken) port.release();
    }
  },
);

test('a start that is called off ends what it has started', async () => {
  const { env, config } = testConfig(join(folder, 'called off'));
  const paths = await prepareHome(config.home);
  const stop = new AbortController();
  const reason = new Error('asked to stop');
  const onProgress = (text: string): void => {
    if (text === 'applying migrations') stop.abort(reason);
  };
  const start = startStack({ config, paths, env, onProgress, log: () => undefined, signal: stop.signal });
  await expect(start).rejects.toBe(reason);
  expect(existsSync(postmasterFile(join(paths.postgres, 'data')))).toBe(false);
  expect(existsSync(join(paths.run, 'processes.json'))).toBe(false);
});

test('another Temporal server at the port is not taken for the own one', async () => {
  const paths = await prepareHome(testConfig(join(folder, 'other Temporal')).config.home);
  const port = Number((await temporalAddress()).split(':')[1]);
  const spawned: ProcessRecord[] = [];
  const start = startTemporal({
    program: process.env.CONCLAVE_TEMPORAL_CLI ?? 'temporal',
    paths,
    port,
    uiPort: await choosePort({ setting: '', configured: 0, remembered: undefined, usual: 0, taken: [port] }),
    namespace: 'default',
    durable: false,
    onSpawn: (record) => spawned.push(record),
  });
  await expect(start).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`${port}`),
  });
  expect(spawned).toEqual([]);
});

test('a Postgres in which the database cannot be made does not go on running', async () => {
  const paths = await prepareHome(testConfig(join(folder, 'no template')).config.home);
  const cluster = await prepareCluster(paths, () => undefined);
  const port = await choosePort({ setting: '', configured: 0, remembered: undefined, usual: 0, taken: [] });
  const options = { cluster, paths, port, durable: false, workers: 0 };
  const first = await startPostgres(options);
  const statements = [
    "update pg_database set datistemplate = false where datname = 'template1'",
    'drop database template1',
    'drop database conclave',
  ];
  for (const sql of statements) await runStatement(postgresUrl(cluster, port, 'postgres'), sql);
  await first.stop();
  try {
    await expect(startPostgres(options)).rejects.toMatchObject({ code: '3D000' });
    expect(existsSync(postmasterFile(cluster.dataFolder))).toBe(false);
  } finally {
    await endLeftoverPostgres(cluster.dataFolder);
  }
});

test('another Postgres at the port, which refuses the password, is not taken for the own one', async () => {
  const paths = await prepareHome(testConfig(join(folder, 'neighbour')).config.home);
  const database = await freshDatabase();
  const cluster = await prepareCluster(paths, () => undefined);
  const port = Number(new URL(database.url).port);
  await expect(startPostgres({ cluster, paths, port, durable: false, workers: 0 })).rejects.toMatchObject({
    code: 'port_in_use',
  });
  await database.drop();
});
