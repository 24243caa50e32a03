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
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [path] : [];
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !SKIPPED.has(name));
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
    );
};

/** What a command runs; tests and benches are built too, but change nothing for it. */
const OF_COMMANDS = SOURCES.filter((name) => !['bench', 'test'].includes(name));

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
/**
 * True where the build is not of the present sources. Asked before every command, so by times first; contents decide
 * only where a file is newer than the build, as after a change of branch and back.
 */
export const isOutdated = () => {
  const builtMs = statSync(buildStamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isNewer = (file) => statSync(file).mtimeMs > builtMs;
  return OF_COMMANDS.some((source) => filesUnder(join(root, source)).some(isNewer)) && !isBuilt();
};
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
