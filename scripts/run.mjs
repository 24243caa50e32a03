// Runs a compiled program of this package: node scripts/run.mjs bench/main cache --json
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const [program, ...rest] = process.argv.slice(2);
const child = spawnSync(process.execPath, [join(root, 'dist', `${program}.js`), ...rest], {
  stdio: 'inherit',
});
process.exit(child.status ?? 1);
