// A stack that cannot start, as the command line shows it: one paragraph with the way out, exit code 1 (2 for a
// wrong setting), and no process left behind.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../config/load';
import { ensureStack, stackStatus } from '../../../stack/stack';
import { conclave } from '../../support/conclave-cli';
import { type OccupiedPort, occupyPort } from '../../support/occupied-port';
import { runningStack, stackPlace, statusOf } from '../../support/running-stack';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'conclave-refused-'));
let occupied: OccupiedPort;

beforeAll(async () => {
  occupied = await occupyPort();
});

afterAll(() => {
  occupied.release();
  rmSync(folder, { recursive: true, force: true });
});

/** `conclave models` in a data folder of its own, which would start its stack. */
const start = async (name: string, more: NodeJS.ProcessEnv) => {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const place = stackPlace(home, { env: more });
  const result = await conclave(['models'], place);
  expect(await stackStatus(place.config)).toBeNull();
  return result;
};

const expectParagraph = (stderr: string, ...names: readonly string[]): void => {
  const line = stderr.trim().split('\n').at(-1)!;
  for (const name of names) expect(line).toContain(name);
  expect(line).toMatch(/^conclave: /);
  expect(stderr).not.toMatch(/\n\s+at /);
};

test('a port in use is named with its setting', async () => {
  const { code, stdout, stderr } = await start('port', { CONCLAVE_TEMPORAL_PORT: String(occupied.port) });
  expectParagraph(stderr, String(occupied.port), 'ports.temporal', 'in use');
  expect([code, stdout]).toEqual([1, '']);
});

test('a data folder that cannot be written is named with the variable that moves it', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const { env } = stackPlace(join(folder, 'readonly'));
  const blocked = { ...env, CONCLAVE_HOME: join(file, 'home'), CONCLAVE_CONFIG: 'none' };
  const { code, stdout, stderr } = await conclave(['models'], { env: blocked, home: folder });
  expectParagraph(stderr, join(file, 'home'), 'cannot be written', 'CONCLAVE_HOME');
  expect([code, stdout]).toEqual([1, '']);
});

test('a database address where nothing listens is told, without its password', async () => {
  const address = 'postgres://someone:hidden-word@127.0.0.1:1/conclave';
  const { code, stdout, stderr } = await start('database', { DATABASE_URL: address });
  expectParagraph(stderr, 'nothing listens', 'DATABASE_URL');
  expect(stderr).not.toContain('hidden-word');
  expect([code, stdout]).toEqual([1, '']);
});

test('a database address that is none is a wrong setting', async () => {
  const { env } = stackPlace(join(folder, 'wrong'));
  const wrong = { ...env, DATABASE_URL: 'mysql://x' };
  const { code, stdout, stderr } = await conclave(['models'], { env: wrong, home: join(folder, 'wrong') });
  expectParagraph(stderr, 'DATABASE_URL', 'postgres://USER:PASSWORD@HOST:PORT/DATABASE');
  expect([code, stdout]).toEqual([2, '']);
});

test('a second stack is refused with who keeps the first, which goes on', async () => {
  const running = await runningStack();
  const held = await ensureStack({ ...running.place, hold: true });
  const { code, stdout, stderr } = await conclave(['up'], running.place);
  expectParagraph(stderr, `process ${process.pid}`, 'conclave down', 'CONCLAVE_HOME');
  expect([code, stdout]).toEqual([1, '']);
  const status = await statusOf(loadConfig({ env: running.place.env, cwd: running.place.home }));
  expect(status.ready).toBe(true);
  await held.release();
  await running.close();
});
