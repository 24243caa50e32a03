// What every script needs first: the packages installed, the code built. Each step runs only when it must.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => process.stderr.write(`conclave: ${text}\n`);

const run = (command, args) => {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.error) throw result.error;
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
};

const hashOf = (files) => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
};

const readStamp = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Installs the packages of package-lock.json unless this very lock has been installed. */
export const ensureInstalled = () => {
  const stamp = join(root, 'node_modules', '.conclave-installed');
  const wanted = hashOf(['package-lock.json']);
  if (readStamp(stamp) === wanted) return;
  say('installing packages (once)');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(stamp, wanted);
};

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
];

const sourceFiles = (folder) =>
  !existsSync(join(root, folder))
    ? []
    : readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return sourceFiles(path);
        return /\.(ts|tsx|css|html)$/.test(entry.name) ? [path] : [];
      });

/** Compiles to dist/ unless these very sources have been compiled. */
export const ensureBuilt = () => {
  const stamp = join(root, 'dist', '.built');
  const files = ['tsconfig.json', 'package-lock.json', ...SOURCES.flatMap(sourceFiles)].sort();
  const wanted = hashOf(files);
  if (readStamp(stamp) === wanted) return;
  say('building');
  const started = Date.now();
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')]);
  run(process.execPath, [join(root, 'dist', 'workers', 'build-bundle.js')]);
  writeFileSync(stamp, wanted);
  say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
};

/** Fails early, in words, on a Node that is too old. */
export const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Node ${process.versions.node} is too old; install Node 20.19 or newer`);
  process.exit(1);
};

export const prepare = () => {
  checkNode();
  ensureInstalled();
  ensureBuilt();
};
