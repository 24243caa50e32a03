// `npm start`: from a fresh clone to a market session on the screen. Options after `--` are those of
// `conclave session`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build-state.mjs';
import { ensureBuilt } from './prepare.mjs';

ensureBuilt();
const command = join(root, 'bin', 'conclave.js');
const child = spawn(process.execPath, [command, 'start', ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal sends Ctrl-C to both; the child decides what it means.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
