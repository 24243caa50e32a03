// npm start: installs and builds what is missing, then runs `conclave start` with the given options.
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

try {
  prepare();
} catch (error) {
  process.stderr.write(`conclave: ${error.message}\n`);
  process.exit(1);
}
// Ctrl-C reaches the child too, which knows what to do; this process only passes on its exit.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
const child = spawnSync(
  process.execPath,
  [join(root, 'bin', 'conclave.js'), 'start', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
process.exit(child.status ?? 128 + (constants.signals[child.signal] ?? 0));
