// What clients and the supervisor say to each other: lines of JSON over a socket in the data folder. An open
// connection is the client's lease: it ends with the client, however that ends.
import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackErrorCode } from './stack-error';

export interface StackEndpoints {
  readonly databaseUrl: string;
  readonly temporal: { readonly address: string; readonly namespace: string; readonly uiUrl: string | null };
  /** Null where the API is switched off or not part of this build. */
  readonly apiUrl: string | null;
  readonly home: string;
}

const PART_STATES = ['external', 'starting', 'running', 'restarting', 'stopped'] as const;
export type PartState = (typeof PART_STATES)[number];

export interface PartStatus {
  /** `postgres`, `temporal`, `worker-1` ..., `api`. */
  readonly name: string;
  readonly state: PartState;
  readonly pid: number | null;
  readonly restarts: number;
  /** Why it is not running, where known. */
  readonly problem: string | null;
}

export interface StackStatus {
  readonly supervisorPid: number;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly clients: number;
  /** Process number of the `conclave up` that keeps the stack, or null. */
  readonly heldBy: number | null;
  readonly parts: readonly PartStatus[];
  readonly endpoints: StackEndpoints | null;
  /** Names of the providers that it was started with; absent from one of an older build. */
  readonly providers?: readonly string[];
}

export interface FailureMessage {
  readonly code: StackErrorCode;
  readonly message: string;
  readonly fix: string;
  readonly exitCode: number;
}

export type ClientMessage =
  | { readonly type: 'attach'; readonly pid: number; readonly hold: boolean; readonly fingerprint: string }
  | { readonly type: 'status' }
  | { readonly type: 'stop' };

export type SupervisorMessage =
  | { readonly type: 'progress'; readonly text: string }
  | {
      readonly type: 'ready';
      readonly endpoints: StackEndpoints;
      readonly sameConfig: boolean;
      readonly providers?: readonly string[];
    }
  /** The stack runs with another configuration, is used by no one else and has no open work: it ends, to be started anew. */
  | { readonly type: 'replacing' }
  | { readonly type: 'failed'; readonly error: FailureMessage }
  | { readonly type: 'status'; readonly status: StackStatus };

/** Socket paths are limited to about 104 bytes by the system. */
const LONGEST_SOCKET_PATH = 100;

const privateFolder = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (uid !== (process.getuid?.() ?? uid) || (mode & 0o077) !== 0) {
    throw new Error(`${folder} is not yours alone; remove it or set TMPDIR`);
  }
  return folder;
};

/** Path of the control socket: in the data folder, or, where that path is too long, in a private temporary one. */
export const socketPath = (runFolder: string): string => {
  const path = join(runFolder, 'control.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const name = createHash('sha256').update(runFolder).digest('hex').slice(0, 16);
  return join(privateFolder(join(tmpdir(), `conclave-${process.getuid?.() ?? 0}`)), `${name}.sock`);
};

export const sendLine = (socket: Socket, message: ClientMessage | SupervisorMessage): void => {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
};

/** Calls back for each whole line; text that is not JSON is ignored. */
export const onLine = <T>(socket: Socket, handle: (message: T) => void): void => {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseLine<T>(line);
      if (message !== null) handle(message);
    }
  });
};

const parseLine = <T>(line: string): T | null => {
  try {
    return JSON.parse(line) as T;
  } catch {
    return null;
  }
};
