// `npm run mutation`: mutates the rules of money and outages, first in TypeScript (Stryker), then the ledger's
// functions in Postgres, and prints which changes no test noticed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build-state.mjs';
import { ensureInstalled, run } from './prepare.mjs';

ensureInstalled();
const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const config = join(root, 'test', 'mutation', 'stryker.config.mjs');
const arguments_ = process.argv.slice(2);
if (!arguments_.includes('--ledger-only')) run(process.execPath, [stryker, 'run', config]);
const ledger = spawnSync(
  process.execPath,
  [
    ...['-r', join(root, 'scripts', 'typescript-hook.cjs')],
    join(root, 'test', 'mutation', 'ledger-mutants.ts'),
  ],
  { stdio: 'inherit', cwd: root },
);
process.exit(ledger.status ?? 1);
