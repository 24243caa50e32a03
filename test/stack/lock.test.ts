// The lock of a data folder: one holder, the dead replaced, the living respected.
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { heldElsewhere, lockHolder, takeLock } from '../../stack/lock';
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

describe('the lock of another host or container', () => {
  // A number that is free here says nothing about that place.
  const elsewhere = { name: 'supervisor', pid: 4_194_305, identity: 'b', host: 'desk-2', place: 'its own' };
  const marked = (secondsAgo: number): void => {
    writeFileSync(file, JSON.stringify(elsewhere));
    const at = Date.now() / 1_000 - secondsAgo;
    utimesSync(file, at, at);
  };

  test('holds while its mark is fresh, and the refusal names the host, the file and the way out', async () => {
    marked(30);
    expect(await takeLock(file)).toEqual({ heldBy: elsewhere });
    const { message, fix } = heldElsewhere(elsewhere, file);
    expect(message).toContain('desk-2');
    expect(message).toContain(file);
    expect(fix).toContain('delete that file');
  });

  test('is free a minute after its last mark', async () => {
    marked(60);
    expect(await lockHolder(file)).toBeNull();
    expect(await takeLock(file)).toHaveProperty('lock');
  });

  test('is marked again and again by who has it, who says where it is', async () => {
    jest.useFakeTimers({ now: Date.now() + 3_600_000 });
    try {
      const result = await takeLock(file);
      if (!('lock' in result)) throw new Error('not taken');
      expect(await lockHolder(file)).toMatchObject({ pid: process.pid, host: hostname() });
      jest.advanceTimersByTime(10_000);
      const now = Date.now();
      jest.useRealTimers();
      while (Math.abs(statSync(file).mtimeMs - now) > 1_000) await new Promise(setImmediate);
      await result.lock.release();
    } finally {
      jest.useRealTimers();
    }
  });
});
