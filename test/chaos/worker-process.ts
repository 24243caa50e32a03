// A worker as a process of its own, whose servers are someone else's to start.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';

export interface WorkerProcess {
  /** Resolves when it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * @param args of Node: the program, of this version or another
 * @param env with the addresses of Postgres and Temporal
 * @param home data folder; the log goes to `logs/NAME.log` below it
 */
export const startWorkerProcess = (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { home, name }: { readonly home: string; readonly name: string },
): WorkerProcess => {
  const log = openSync(join(home, 'logs', `${name}.log`), 'a');
  const child = spawn(process.execPath, args, { cwd: home, env, stdio: ['ignore', log, log] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
};
