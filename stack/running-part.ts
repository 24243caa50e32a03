// One started process of the stack: its record, its end, and how to stop it.
import type { ChildProcess } from 'node:child_process';
import { endProcess, type ProcessRecord, recordOf } from './process-identity';

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningPart {
  readonly name: string;
  readonly record: ProcessRecord;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ProcessEnd>;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
}

export interface StopManner {
  readonly signal: NodeJS.Signals;
  /** How long it may take before it is killed. */
  readonly graceMs: number;
}

/** Wraps a child process. A program that could not be started counts as one that ended at once. */
export const runningPart = (name: string, child: ChildProcess, manner: StopManner): RunningPart => {
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
  const record = recordOf(name, child.pid ?? -1);
  const stop = async (): Promise<void> => {
    if (child.pid === undefined) return;
    await Promise.race([endProcess(record, manner.signal, manner.graceMs), exited]);
    await exited;
  };
  return { name, record, exited, stop };
};
