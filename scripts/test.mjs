// `npm test`: all set-up, then every Jest project one after another, and one plain line at the end:
// `N passed, N failed, N skipped`. Arguments after `--` go to Jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build-state.mjs';
import { ensureBuilt } from './prepare.mjs';

// Time-outs are for hanging tests, not for slow machines: nothing here is a timed test.
const UNIT_TIMEOUT = '--testTimeout=90000';
const SERVER_TIMEOUT = '--testTimeout=180000';

// Several at a time, each with a stack of its own, as files on servers wait more than they compute; those of `e2e` kill
// processes and draw pages, and are kept to the two cores that the suite is made for.
const onServers = (atOnce) => ['--forceExit', `--maxWorkers=${atOnce}`, SERVER_TIMEOUT];

/** `unit` is strict about open handles; the Temporal SDK keeps one, so the others end by force. */
const PROJECTS = [
  { name: 'unit', args: ['--maxWorkers=2', UNIT_TIMEOUT] },
  { name: 'integration', args: onServers(3) },
  { name: 'replay', args: onServers(2) },
  { name: 'e2e', args: onServers(2) },
];

const say = (text) => process.stderr.write(`${text}\n`);

ensureBuilt();
// Test homes are thrown away; the Temporal program is kept, so that it is fetched or built once a machine.
const cache =
  process.env.CONCLAVE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'conclave');
const env = {
  ...process.env,
  CONCLAVE_CACHE: cache,
  NODE_NO_WARNINGS: '1',
  // Processes that tests start run what was just built, as users' do.
  CONCLAVE_TESTS_USE: 'build',
};

const ensureTemporal = () => {
  const program = join(root, 'dist', 'stack', 'ensure-temporal.js');
  const result = spawnSync(process.execPath, [program], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (result.status === 0) env.CONCLAVE_TEMPORAL_CLI = result.stdout.trim();
  else say('No Temporal server could be found or made; the tests that need one will fail.');
};

const reports = mkdtempSync(join(tmpdir(), 'conclave-report-'));

const runProject = ({ name, args }) => {
  const report = join(reports, `${name}.json`);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const result = spawnSync(
    process.execPath,
    [
      jest,
      '--selectProjects',
      name,
      '--passWithNoTests',
      '--json',
      `--outputFile=${report}`,
      ...args,
      ...process.argv.slice(2),
    ],
    { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: counts.numPassedTests,
      // A test file that cannot be loaded holds no counted test, and is a failure all the same.
      failed: counts.numFailedTests + counts.numRuntimeErrorTestSuites,
      skipped: counts.numPendingTests + counts.numTodoTests,
    };
  } catch {
    say(`The ${name} tests ended with ${result.signal ?? result.status} and left no report.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
};

ensureTemporal();
const total = { passed: 0, failed: 0, skipped: 0 };
for (const project of PROJECTS) {
  say(`\n${project.name}`);
  const counts = runProject(project);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
rmSync(reports, { recursive: true, force: true });
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
