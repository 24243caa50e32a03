// The lock of a data folder: one holder, the dead replaced, the living respected.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockHolder, takeLock } from '../../stack/lock';
import { recordOf } from '../../stack/process-identity';

const folder = mkdtempSync(join(tmpdir(), 'conclave-lock-'));
const file = join(folder, 'lock');
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('of many that take it at once, one gets it', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => takeLock(file)));
  expect(results.filter((result) => 'lock' in result)).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a dead holder is replaced, also when its number lives on in another process', async () => {
  writeFileSync(
    file,
    JSON.stringify({ ...recordOf('supervisor', process.pid), identity: 'an earlier process' }),
  );
  expect(await lockHolder(file)).toBeNull();
  expect(await takeLock(file)).toHaveProperty('lock');
});

test('a living holder keeps it and is named', async () => {
  const parent = recordOf('supervisor', process.ppid);
  writeFileSync(file, JSON.stringify(parent));
  expect(await takeLock(file)).toEqual({ heldBy: parent });
});

test('a half-written file counts as no holder', async () => {
  writeFileSync(file, '{"pid":');
  expect(await takeLock(file)).toHaveProperty('lock');
});

test('a holder whose file went away knows that it holds nothing', async () => {
  const result = await takeLock(file);
  if (!('lock' in result)) throw new Error('not taken');
  expect(await result.lock.stillMine()).toBe(true);
  rmSync(file);
  expect(await result.lock.stillMine()).toBe(false);
});
