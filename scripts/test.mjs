// npm test: all set-up, then every Jest project one after another; ends with one plain line of counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

/** Projects that load the Temporal SDK leave a native handle open, which only an exit closes. */
const PROJECTS = [
  { name: 'unit', workers: '2', forceExit: false },
  { name: 'integration', workers: '1', forceExit: true },
  { name: 'replay', workers: '1', forceExit: true },
  { name: 'e2e', workers: '1', forceExit: true },
];

const counts = { passed: 0, failed: 0, skipped: 0 };
let crashed = false;
const reports = mkdtempSync(join(tmpdir(), 'conclave-tests-'));

try {
  prepare();
  const wanted = process.argv.slice(2);
  for (const project of PROJECTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const report = join(reports, `${project.name}.json`);
    const args = [
      '--selectProjects',
      project.name,
      '--maxWorkers',
      project.workers,
      '--json',
      '--outputFile',
      report,
      '--passWithNoTests',
      '--silent',
    ];
    if (project.forceExit) args.push('--forceExit');
    process.stderr.write(`\n== ${project.name}\n`);
    const child = spawnSync(
      process.execPath,
      [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 2],
      },
    );
    const result = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    counts.skipped += result.numPendingTests + result.numTodoTests;
    crashed ||= child.status !== 0 && result.success;
  }
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  counts.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
if (crashed) counts.failed += 1;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
