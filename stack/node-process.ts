// Starts a Node program of this package (worker, API server) as a process of the stack.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { codePath, nodeArguments } from '../config/package-root';
import { closeLog, openLog } from './log-file';
import { type RunningPart, runningPart } from './running-part';

/** Workers finish or hand back what they hold; what is left goes on at the next start. */
const STOP_GRACE_MS = 15_000;

export interface NodeProcessOptions {
  /** Name of the part, also of its log file. */
  readonly name: string;
  /** Program below the package's folder, without ending: `workers/main`. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logs: string;
}

/** True where this build has the program. */
export const hasProgram = (program: string): boolean => existsSync(codePath(program));

/** Its standard input stays open while the supervisor lives: see parent-watch.ts. */
export const startNodeProcess = async (options: NodeProcessOptions): Promise<RunningPart> => {
  const log = openLog(join(options.logs, `${options.name}.log`));
  try {
    const child = spawn(process.execPath, nodeArguments(options.program), {
      env: { ...options.env, CONCLAVE_SUPERVISED: '1' },
      stdio: ['pipe', log, log],
      detached: true,
    });
    child.stdin?.on('error', () => undefined);
    return runningPart(options.name, child, { signal: 'SIGTERM', graceMs: STOP_GRACE_MS });
  } finally {
    closeLog(log);
  }
};
