// Tells a process apart from a later one that was given the same number, so that only what this stack
// started is ever adopted or ended.
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

const linuxStartTime = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may contain blanks and brackets; fields are counted after its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return `${bootId().slice(0, 8)}:${fields[19]}`;
  } catch {
    return null;
  }
};

/** One column of `ps`, in the same words whatever the user's language and time zone. */
const psColumn = (pid: number, column: 'lstart' | 'command'): string | null => {
  try {
    const text = execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
};

/** The process's program and arguments as `ps` shows them; null when it is gone. */
export const commandOf = (pid: number): string | null => psColumn(pid, 'command');

/** When the process started, in a form that no other process with this number shares; null when it is gone. */
const processIdentity = (pid: number): string | null =>
  process.platform === 'linux' ? linuxStartTime(pid) : psColumn(pid, 'lstart');

/**
 * Where process numbers mean what they mean here: the running system and, on Linux, its container. Elsewhere a number
 * says nothing about whether its process lives.
 */
export const processPlace = (): string => {
  try {
    return `${bootId()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
};

/** Whether any process has this number. */
export const isRunning = (pid: number): boolean => processIdentity(pid) !== null;

export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

export const recordOf = (name: string, pid: number): ProcessRecord => ({
  name,
  pid,
  identity: processIdentity(pid) ?? 'gone',
});

/** True while exactly the recorded process lives. */
export const isSameProcess = (record: ProcessRecord): boolean =>
  processIdentity(record.pid) === record.identity;

const signalIfSame = (record: ProcessRecord, signal: NodeJS.Signals): void => {
  if (!isSameProcess(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch {
    // It ended in between.
  }
};

const waitUntilGone = async (record: ProcessRecord, timeoutMs: number): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  while (isSameProcess(record)) {
    if (Date.now() > deadline) return false;
    await delay(25);
  }
  return true;
};

/** Ends exactly the recorded process: politely first, by force after `graceMs`. */
export const endProcess = async (
  record: ProcessRecord,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> => {
  signalIfSame(record, signal);
  if (await waitUntilGone(record, graceMs)) return;
  signalIfSame(record, 'SIGKILL');
  await waitUntilGone(record, 5_000);
};
