// Starts the embedded Temporal server with durable storage and its web UI, and waits until it serves.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HomePaths } from './home';
import { closeLog, openLog, tailOfLog } from './log-file';
import { assertPortFree, LOOPBACK } from './ports';
import { isSameProcess, type ProcessRecord } from './process-identity';
import { type RunningPart, runningPart } from './running-part';
import { serverFailure } from './stack-error';
import { checkTemporal } from './temporal-check';
import { historiesFile } from './temporal-version';

/** Opening a large history file takes longest. */
const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;

/** Server settings that differ from the defaults, each with its reason. */
const DYNAMIC_CONFIG: Readonly<Record<string, string>> = {
  // Task priorities need the new matcher on server 1.29.
  'matching.useNewMatcher': 'true',
  // Workers in the same process as the starter get the first task without a round trip.
  'system.enableEagerWorkflowStart': 'true',
  // A worker that scheduled an activity for its own queue gets it in the same answer.
  'system.enableActivityEagerExecution': 'true',
  // One server: four parts of a queue would only pass tasks on to each other.
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
  // Timers are read so far ahead, and one that is set within fires at the end of it: by default no retry or second call
  // comes within a second.
  'history.timerProcessorMaxTimeShift': '"50ms"',
  // One machine, one tenant: the per-namespace defaults throttle a session of hundreds of subjects.
  'frontend.namespaceRPS': '20000',
  'frontend.rps': '20000',
  'frontend.namespaceCount': '20000',
  // Dashboards, CLI and tests list and count often.
  'frontend.namespaceRPS.visibility': '500',
  'history.persistenceMaxQPS': '50000',
  'matching.persistenceMaxQPS': '50000',
  'frontend.persistenceMaxQPS': '50000',
};

/** Safe against kill -9 of the process; five times the throughput of a full flush per commit. */
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=normal'] as const;

export interface TemporalServerOptions {
  readonly program: string;
  readonly paths: HomePaths;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  /** False only for throwaway test stacks: histories are then kept in memory. */
  readonly durable: boolean;
  /** Told of the process before it serves, so that a kill meanwhile cannot lose track of it. */
  readonly onSpawn: (record: ProcessRecord) => void;
}

const serverArguments = (options: TemporalServerOptions): readonly string[] => [
  'server',
  'start-dev',
  '--ip',
  LOOPBACK,
  '--port',
  String(options.port),
  '--ui-port',
  String(options.uiPort),
  '--log-level',
  'warn',
  '--log-format',
  'json',
  '--color',
  'never',
  ...(options.namespace === 'default' ? [] : ['--namespace', options.namespace]),
  ...(options.durable ? ['--db-filename', historiesFile(options.paths)] : []),
  ...(options.durable ? SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]) : []),
  ...Object.entries(DYNAMIC_CONFIG).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${value}`,
  ]),
];

/** No settings of another Temporal environment of the user may leak into the embedded server. */
const serverEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => ['PATH', 'HOME', 'TMPDIR', 'LANG'].includes(name)),
  );

const spawnServer = (options: TemporalServerOptions, logFile: string): RunningPart => {
  const log = openLog(logFile);
  try {
    const child = spawn(options.program, serverArguments(options), {
      cwd: options.paths.temporal,
      env: serverEnvironment(),
      stdio: ['ignore', log, log],
      detached: true,
    });
    return runningPart('temporal', child, { signal: 'SIGTERM', graceMs: STOP_GRACE_MS });
  } finally {
    closeLog(log);
  }
};

/**
 * Starts the server and waits until its namespace answers.
 * @throws StackError `temporal_failed` with the last log lines, `port_in_use` where a port was taken meanwhile.
 */
export const startTemporal = async (options: TemporalServerOptions): Promise<RunningPart> => {
  const logFile = join(options.paths.logs, 'temporal.log');
  // Another Temporal server there would answer in place of ours, which takes a moment to find its port taken.
  for (const port of [options.port, options.uiPort]) await assertPortFree(port, 'the Temporal server');
  const part = spawnServer(options, logFile);
  options.onSpawn(part.record);
  let ended = false;
  void part.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const address = `${LOOPBACK}:${options.port}`;
  while (!ended && Date.now() < deadline) {
    const problem = await checkTemporal({ address, namespace: options.namespace, timeoutMs: 2_000 });
    // What answered may be another's where ours has ended.
    if (problem === null && isSameProcess(part.record)) return part;
    await delay(50);
  }
  await part.stop();
  const log = (await tailOfLog(logFile, 2)).replaceAll('\n', ' ');
  throw serverFailure({
    code: 'temporal_failed',
    log,
    message: `The embedded Temporal server does not start: ${log.slice(0, 600)}`,
    fix: `Read ${logFile}, mend what it names, and start again; or set TEMPORAL_ADDRESS to a server you run yourself.`,
  });
};
