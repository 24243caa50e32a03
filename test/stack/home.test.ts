// The data folder: where nothing can be made it ends in an error at once, and many calls at once all get it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareHome } from '../../stack/home';

test('a data folder below /proc is refused with the field that names it', async () => {
  await expect(prepareHome('/proc/conclave-home')).rejects.toMatchObject({
    code: 'home_unwritable',
    message: expect.stringContaining('/proc/conclave-home'),
    fix: expect.stringContaining('CONCLAVE_HOME'),
  });
}, 60_000);

test('a new or empty data folder is closed to others, one that holds anything keeps its mode', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-home-'));
  const mode = (name: string) => statSync(join(folder, name)).mode & 0o777;
  try {
    for (const name of ['empty', 'shared']) {
      mkdirSync(join(folder, name));
      chmodSync(join(folder, name), 0o755);
    }
    writeFileSync(join(folder, 'shared', 'theirs'), '');
    for (const name of ['new', 'empty', 'shared', 'shared']) await prepareHome(join(folder, name));
    expect(['new', 'empty', 'shared', 'shared/secrets'].map(mode)).toEqual([0o700, 0o700, 0o755, 0o700]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('many callers of one process at once all get the folder, and leave nothing in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-home-'));
  try {
    const home = join(folder, 'home');
    const all = await Promise.all(Array.from({ length: 20 }, () => prepareHome(home)));
    expect(new Set(all.map(({ root }) => root)).size).toBe(1);
    expect(await readdir(all[0]!.run)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
