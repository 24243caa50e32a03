// Installs and builds what is missing or stale. Used by every npm script, so that a fresh clone needs no
// other command.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isBuilt, isInstalled, markInstalled, root } from './build-state.mjs';
import { oneAtATime } from './one-at-a-time.mjs';

const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Runs a program; ends this one on failure. Its output goes to stderr, so that stdout stays the command's
 * own; with `quiet` only when it fails.
 */
export const run = (program, args, { quiet = false } = {}) => {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', process.stderr.fd, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (quiet && result.status !== 0) say(`${result.stdout ?? ''}${result.stderr ?? ''}`.trim());
  if (result.error) {
    say(`${program} could not be run: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) {
    say(`\`${[program, ...args].join(' ')}\` failed. Its output stands above.`);
    process.exit(result.status ?? 1);
  }
};

const requireNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(
    `Conclave needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and try again.`,
  );
  process.exit(1);
};

/** The npm that runs us, else the one on PATH. Development packages are needed to build. */
const npm = (args) => {
  const cli = process.env.npm_execpath;
  const usesNode = cli !== undefined && /\.c?js$/.test(cli);
  run(usesNode ? process.execPath : 'npm', usesNode ? [cli, ...args] : args);
};

export const ensureInstalled = () => {
  requireNode();
  if (isInstalled()) return;
  oneAtATime(() => {
    if (isInstalled()) return;
    say('installing packages (once)');
    npm(['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    markInstalled();
  });
};

export const ensureBuilt = () => {
  ensureInstalled();
  if (isBuilt()) return;
  oneAtATime(() => {
    if (isBuilt()) return;
    say('building');
    run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  });
};
