// The supervisor under real kills: a stack of its own, whose processes the test ends by force.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { runStatement } from '../../../stack/postgres-server';
import { isSameProcess, recordOf } from '../../../stack/process-identity';
import type { PartStatus } from '../../../stack/protocol';
import { ensureStack, stackStatus, stopStack } from '../../../stack/stack';
import { checkTemporal, countRunning } from '../../../stack/temporal-check';
import { statusOf } from '../../support/running-stack';
import { testConfig } from '../../support/test-stack';

jest.setTimeout(600_000);

const DURABLE = `ports: { postgres: 0, temporal: 0, temporalUi: 0, api: 0 }
stack: { workers: 0, api: false, lingerSeconds: 60 }
`;

// A closed folder with a blank in its path, as a clone or a home may lie in.
const folder = mkdtempSync(join(tmpdir(), 'conclave stack '));
const { config, env } = testConfig(join(folder, 'a home'), DURABLE);

afterAll(async () => {
  await stopStack(config);
  rmSync(folder, { recursive: true, force: true });
});

const partStatus = async (name: string): Promise<PartStatus> => {
  const part = (await statusOf(config)).parts.find((each) => each.name === name);
  if (!part) throw new Error(`the stack has no part ${name}`);
  return part;
};

/** However busy the machine is. */
const WITHIN_MS = 120_000;

const until = async <T>(probe: () => Promise<T | null>): Promise<T> => {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await probe().catch(() => null);
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`nothing within ${WITHIN_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** The restarted process as the supervisor knows it: a restart is counted before the new process serves. */
const backAgain = (before: PartStatus): Promise<PartStatus> =>
  until(async () => {
    const status = await partStatus(before.name);
    return status.restarts > before.restarts && status.pid !== null ? status : null;
  });

test('two callers at once get one and the same stack, which leaves alone what others are writing', async () => {
  const run = join(config.home, 'run');
  mkdirSync(run, { recursive: true, mode: 0o700 });
  // No process has the highest number that Linux gives.
  const [mine, dead] = [process.pid, 4_194_305].map((pid) => join(run, `.probe.${pid}.0123abcd.tmp`));
  for (const file of [mine!, dead!]) writeFileSync(file, '');
  const [one, other] = await Promise.all([ensureStack({ config, env }), ensureStack({ config, env })]);
  expect(one.databaseUrl).toBe(other.databaseUrl);
  expect((await statusOf(config)).clients).toBe(2);
  expect([existsSync(mine!), existsSync(dead!)]).toEqual([true, false]);
  await Promise.all([one.release(), other.release()]);
});

test('nothing in the data folder can be read by another user', async () => {
  const stack = await ensureStack({ config, env });
  const urlFile = join(stack.home, 'secrets', 'database-url');
  expect(readFileSync(urlFile, 'utf8').trim()).toBe(stack.databaseUrl);
  expect(statSync(urlFile).mode & 0o777).toBe(0o600);
  expect(statSync(stack.home).mode & 0o777).toBe(0o700);
  await stack.release();
});

test('a database password that is wrong is refused', async () => {
  const stack = await ensureStack({ config, env });
  const wrong = new URL(stack.databaseUrl);
  wrong.password = 'wrong';
  await expect(runStatement(wrong.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await stack.release();
});

test('a killed Postgres is back within seconds, with every acknowledged row', async () => {
  const stack = await ensureStack({ config, env });
  await runStatement(stack.databaseUrl, 'create table survived (n int); insert into survived values (7)');
  const before = await partStatus('postgres');
  const killedMs = Date.now();
  process.kill(before.pid as number, 'SIGKILL');
  const rows = await until(async () => {
    const client = new Client({ connectionString: stack.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    const result = await client.query('select n from survived');
    await client.end();
    return result.rows;
  });
  console.info(`postgres back after ${Date.now() - killedMs} ms`);
  expect(rows).toEqual([{ n: 7 }]);
  const after = await backAgain(before);
  expect(after.pid).not.toBe(before.pid);
  await stack.release();
});

test('a killed Temporal server is back within seconds, at the same address', async () => {
  const stack = await ensureStack({ config, env });
  const before = await partStatus('temporal');
  const killedMs = Date.now();
  process.kill(before.pid as number, 'SIGKILL');
  await backAgain(before);
  await until(async () => ((await checkTemporal(stack.temporal)) === null ? true : null));
  console.info(`temporal back after ${Date.now() - killedMs} ms`);
  expect(await countRunning(stack.temporal, ['marketSession'])).toBe(0);
  await stack.release();
});

test('what a killed supervisor left behind is replaced, data and addresses kept', async () => {
  const stack = await ensureStack({ config, env });
  const { parts, supervisorPid } = await statusOf(config);
  const orphans = parts.map(({ name, pid }) => recordOf(name, pid as number));
  process.kill(supervisorPid, 'SIGKILL');
  await stack.lost;
  expect(orphans.map(isSameProcess)).toEqual([true, true]);
  const again = await ensureStack({ config, env });
  expect(orphans.map(isSameProcess)).toEqual([false, false]);
  expect(again.databaseUrl).toBe(stack.databaseUrl);
  expect(again.temporal.address).toBe(stack.temporal.address);
  await runStatement(again.databaseUrl, 'insert into survived values (8)');
  await again.release();
});

test('a client that comes while the stack ends gets the next one, which serves', async () => {
  const stack = await ensureStack({ config, env });
  const { supervisorPid: supervisor } = await statusOf(config);
  const log = join(config.home, 'logs', 'supervisor.log');
  const endings = () => readFileSync(log, 'utf8').match(/ ending$/gm)?.length ?? 0;
  const before = endings();
  process.kill(supervisor, 'SIGTERM');
  await until(async () => (endings() > before ? true : null));
  const next = await ensureStack({ config, env });
  expect((await statusOf(config)).supervisorPid).not.toBe(supervisor);
  expect(await checkTemporal(next.temporal)).toBeNull();
  await stack.release();
  await next.release();
});

test('a second `up` is told who keeps the stack, and the first goes on', async () => {
  const first = await ensureStack({ config, env, hold: true });
  await expect(ensureStack({ config, env, hold: true })).rejects.toMatchObject({ code: 'second_stack' });
  expect((await statusOf(config)).heldBy).toBe(process.pid);
  await first.release();
});

test('a lost password file is replaced, and the data stays', async () => {
  await stopStack(config);
  rmSync(join(config.home, 'secrets', 'postgres-password'));
  const stack = await ensureStack({ config, env });
  await runStatement(stack.databaseUrl, 'select n from survived');
  await stack.release();
});

test('histories of another Temporal server are refused, and those of an unknown one are served and noted', async () => {
  await stopStack(config);
  const note = join(config.home, 'temporal', 'made-by');
  const madeBy = readFileSync(note, 'utf8');
  expect(madeBy).toContain('Server 1.');
  writeFileSync(note, 'temporal version 9.9.9 (Server 9.9.9, UI 9.9.9)');
  await expect(ensureStack({ config, env })).rejects.toMatchObject({
    code: 'temporal_missing',
    message: expect.stringContaining('9.9.9'),
  });
  rmSync(note);
  await (await ensureStack({ config, env })).release();
  expect(readFileSync(note, 'utf8')).toBe(madeBy);
});

test('stopping ends every process and says whether there was one', async () => {
  const { parts } = await statusOf(config);
  const records = parts.map(({ name, pid }) => recordOf(name, pid as number));
  expect(await stopStack(config)).toBe(true);
  expect(records.map(isSameProcess)).toEqual([false, false]);
  expect(await stopStack(config)).toBe(false);
});

test('on a full disk a running stack is used and stopped, and none is started', async () => {
  const disk = jest.spyOn(files, 'statfs');
  const stack = await ensureStack({ config, env });
  disk.mockResolvedValue({ bavail: 1, bsize: 4096 } as Awaited<ReturnType<typeof files.statfs>>);
  try {
    await (await ensureStack({ config, env })).release();
    expect(await stopStack(config)).toBe(true);
    await stack.lost;
    await expect(ensureStack({ config, env })).rejects.toMatchObject({ code: 'disk_full' });
  } finally {
    disk.mockRestore();
  }
});

test('a stack without clients ends by itself', async () => {
  const brief = testConfig(join(folder, 'brief'), DURABLE.replace('60', '0.5'));
  const stack = await ensureStack(brief);
  await stack.release();
  await until(async () => ((await stackStatus(brief.config)) === null ? true : null));
});
