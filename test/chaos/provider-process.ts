// The test provider server as a process that chaos may kill: it comes back at the same port with the same log.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeArguments } from '../../config/package-root';
import { type CallRecord, readCallLog } from '../support/provider-server/call-log';
import type { Behaviour } from '../support/provider-server/faults';

export interface ProviderProcess {
  readonly port: number;
  readonly as: (provider: string) => string;
  readonly pid: () => number;
  /** SIGKILL, then the same server again after `downMs`. */
  readonly restart: (downMs: number) => Promise<void>;
  readonly calls: () => readonly CallRecord[];
  readonly stop: () => void;
}

const listening = (child: ChildProcess): Promise<{ readonly port: number }> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the provider server ended with ${code}`)));
    child.stdout?.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as { port: number }));
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const startProviderProcess = async (options: {
  readonly folder: string;
  readonly seed: number;
  readonly behaviour: Partial<Behaviour>;
  readonly delayMs: number;
}): Promise<ProviderProcess> => {
  const log = join(options.folder, 'provider-calls.log');
  const behaviour = join(options.folder, 'provider-behaviour.json');
  writeFileSync(behaviour, JSON.stringify(options.behaviour));
  const start = (port: number): ChildProcess =>
    spawn(
      process.execPath,
      [
        ...nodeArguments('test/support/provider-server/main'),
        ...['--port', String(port), '--log', log, '--behaviour', behaviour],
        ...['--delay-ms', String(options.delayMs), '--seed', String(options.seed)],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  let child = start(0);
  const { port } = await listening(child);
  return {
    port,
    as: (provider) => `http://127.0.0.1:${port}/p/${provider}/v1`,
    pid: () => child.pid ?? 0,
    restart: async (downMs) => {
      child.kill('SIGKILL');
      await pause(downMs);
      child = start(port);
      await listening(child);
    },
    calls: () => readCallLog(log),
    stop: () => void child.kill('SIGKILL'),
  };
};
