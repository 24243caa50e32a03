// Which process a number stands for, also where there is no /proc: nobody else's is ever ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftoverPostgres } from '../../stack/postgres-server';
import { isSameProcess, recordOf } from '../../stack/process-identity';

const folder = mkdtempSync(join(tmpdir(), 'conclave-identity-'));
const platform = process.platform;
const zone = process.env.TZ;
const children: ChildProcess[] = [];

beforeAll(() => {
  // As on a system without /proc, where `ps` is asked.
  Object.defineProperty(process, 'platform', { value: 'darwin' });
});

afterAll(() => {
  Object.defineProperty(process, 'platform', { value: platform });
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process of these arguments, whose number stands in the folder's note of its server. */
const noted = async (argv0: string, ...more: readonly string[]) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', '--', ...more], {
    argv0,
    stdio: 'ignore',
  });
  children.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  writeFileSync(join(folder, 'postmaster.pid'), `${child.pid}\n${folder}\n`);
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  return { record: recordOf('process', child.pid as number), ended };
};

test.each([
  ['that is no server', 'editor', [folder]],
  ['that is a server on another folder', 'postgres', ['-D', '/elsewhere']],
])('a process %s and has the number of one that is gone is let alone', async (_what, argv0, more) => {
  const stranger = await noted(argv0, ...more);
  await endLeftoverPostgres(folder);
  expect(isSameProcess(stranger.record)).toBe(true);
  expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
});

test('a server that still runs on the folder is ended', async () => {
  const server = await noted('postgres', '-D', folder);
  await endLeftoverPostgres(folder);
  expect(await server.ended).toBe('SIGINT');
});

test('a process stays the same one in another time zone', () => {
  process.env.TZ = 'Asia/Tokyo';
  const record = recordOf('this', process.pid);
  process.env.TZ = 'America/New_York';
  expect(isSameProcess(record)).toBe(true);
});
