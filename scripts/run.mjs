// `node scripts/run.mjs bench/main -- args`: builds what is stale and runs dist/bench/main.js.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build-state.mjs';
import { ensureBuilt } from './prepare.mjs';

const [program, ...args] = process.argv.slice(2);
if (!program) {
  process.stderr.write('usage: node scripts/run.mjs PROGRAM [arguments], e.g. bench/main cache --json\n');
  process.exit(2);
}
ensureBuilt();
const file = join(root, 'dist', `${program}.js`);
if (!existsSync(file)) {
  process.stderr.write(`There is no ${program} in this version.\n`);
  process.exit(2);
}
const result = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
process.exit(result.status ?? 1);
