// Tells whether node_modules and dist/ fit the present sources, so that a second start costs nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders whose content ends up in dist/ or in the workflow bundle. */
const SOURCES = [
  'activities',
  'bench',
  'cli',
  'client',
  'config',
  'db',
  'domain',
  'prompts',
  'providers',
  'server',
  'sources',
  'stack',
  'test',
  'workers',
  'workflows',
  'package-lock.json',
  'tsconfig.json',
];
const SKIPPED = new Set(['node_modules', 'dist', 'histories', 'migrations']);

const filesUnder = (path) => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !SKIPPED.has(name))
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
};

/** Digest of all sources: content, not times, so that a fresh checkout of the same commit needs no build. */
export const sourceDigest = () => {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesUnder(join(root, source)))
      hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
};

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

const buildStamp = join(root, 'dist', '.build-digest');
export const isBuilt = () => read(buildStamp) === sourceDigest();
export const markBuilt = (digest) => {
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, digest);
};

const lockDigest = () =>
  createHash('sha256')
    .update(read(join(root, 'package-lock.json')))
    .digest('hex');
const installStamp = join(root, 'node_modules', '.conclave-install');

/** npm's own record of what it installed, compared package by package with the lock file. */
const installedFitsLock = () => {
  const installed = read(join(root, 'node_modules', '.package-lock.json'));
  if (installed === '') return false;
  const have = JSON.parse(installed).packages;
  const want = JSON.parse(read(join(root, 'package-lock.json'))).packages;
  return Object.entries(want).every(
    ([path, { version, optional }]) => path === '' || optional || have[path]?.version === version,
  );
};

export const isInstalled = () => {
  if (!existsSync(join(root, 'node_modules'))) return false;
  if (read(installStamp) === lockDigest()) return true;
  if (!installedFitsLock()) return false;
  markInstalled();
  return true;
};
export const markInstalled = () => writeFileSync(installStamp, lockDigest());
