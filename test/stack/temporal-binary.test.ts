// Which Temporal program is started: none of another server version on histories that are there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareHome } from '../../stack/home';
import { findTemporal } from '../../stack/temporal-binary';
import { histories, historiesFile, noteVersion, opens } from '../../stack/temporal-version';

const folder = mkdtempSync(join(tmpdir(), 'conclave-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = (server: string): string => `temporal version 1.5.1 (Server ${server}, UI 2.42.1)`;

/** A folder with a program that only says its version. */
const programs = (name: string, server: string | null): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  if (server) writeFileSync(join(path, 'temporal'), `#!/bin/sh\necho '${words(server)}'\n`, { mode: 0o755 });
  return path;
};

const found = (place: {
  readonly path: string | null;
  readonly cached: string | null;
  readonly madeBy: string | null;
  readonly configured?: string;
}) => {
  const name = [place.path, place.cached].join('-');
  return findTemporal({
    configured: place.configured ?? null,
    homeBin: programs(`${name} home`, place.cached),
    madeBy: place.madeBy && words(place.madeBy),
    env: { PATH: programs(`${name} path`, place.path), CONCLAVE_CACHE: join(folder, 'no cache') },
  }).then((program) => program?.version ?? null);
};

test.each([
  ['without histories the one on PATH is taken', '1.31.0', '1.29.1', null, '1.31.0'],
  [
    'a newer one on PATH is passed over for the cached one that made them',
    '1.31.0',
    '1.29.1',
    '1.29.1',
    '1.29.1',
  ],
  ['a patch of the same server opens them', '1.29.3', '1.29.1', '1.29.1', '1.29.3'],
])('%s', async (_what, path, cached, madeBy, version) => {
  expect(await found({ path, cached, madeBy })).toBe(words(version));
});

test('where none here may open the histories, both versions and the ways out are named', async () => {
  const refusal = {
    code: 'temporal_missing',
    message: expect.stringMatching(/made by .*Server 1\.29\.1.*is .*Server 1\.31\.0/),
    fix: expect.stringMatching(/CONCLAVE_TEMPORAL_CLI.*temporal\.db/),
  };
  await expect(found({ path: '1.31.0', cached: null, madeBy: '1.29.1' })).rejects.toMatchObject(refusal);
  const configured = join(programs('configured', '1.31.0'), 'temporal');
  const place = { path: '1.29.1', cached: null, madeBy: '1.29.1', configured };
  await expect(found(place)).rejects.toMatchObject(refusal);
  expect(await found({ path: null, cached: null, madeBy: '1.29.1' })).toBeNull();
});

test('the version counts as long as its histories are there', async () => {
  const paths = await prepareHome(join(folder, 'data'));
  expect(await histories(paths)).toBeNull();
  writeFileSync(historiesFile(paths), '');
  expect(await histories(paths)).toBeNull();
  await noteVersion(paths, words('1.29.1'));
  expect(await histories(paths)).toBe(words('1.29.1'));
  rmSync(historiesFile(paths));
  expect(await histories(paths)).toBeNull();
});

test('the older form of the words is understood', () => {
  const old = 'temporal version 1.1.2 (server 1.25.2) (ui 2.30.3)';
  expect([opens(old, words('1.25.0')), opens(old, words('1.29.1'))]).toEqual([true, false]);
});
