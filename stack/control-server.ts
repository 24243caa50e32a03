// The supervisor's side of the control socket: who uses the stack, who keeps it, and what they are told.
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClientMessage,
  type FailureMessage,
  onLine,
  type StackEndpoints,
  type StackStatus,
  sendLine,
} from './protocol';

/** A stack can fail faster than the client that started it connects. */
const FIRST_CLIENT_MS = 3_000;

interface Client {
  readonly socket: Socket;
  pid: number | null;
  hold: boolean;
  fingerprint: string;
}

export interface ControlServerOptions {
  readonly path: string;
  /** Fingerprint of the configuration that the stack runs with. */
  readonly fingerprint: string;
  /** Names of the providers that it serves. */
  readonly providers: readonly string[];
  readonly status: () => Omit<StackStatus, 'clients' | 'heldBy' | 'providers'>;
  /** Whether workflows run that the stack must not end under. */
  readonly hasOpenWork: () => Promise<boolean>;
  readonly onStop: () => void;
}

export interface ControlServer {
  /** Attached clients, those that only ask for the status left out. */
  clients(): number;
  /** When one of them last went, in ms since 1970; 0 where none has. */
  lastLeftMs(): number;
  isHeld(): boolean;
  progress(text: string): void;
  ready(endpoints: StackEndpoints): void;
  /**
   * From now on whoever comes waits for the end, and then starts the next stack: addresses die before the socket. Who
   * waited for this one to be ready is told that it was stopped.
   */
  ending(): void;
  /** Tells every client that the stack cannot be started, and waits a moment for the one that began it. */
  failed(error: FailureMessage): Promise<void>;
  close(): Promise<void>;
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
  });

const secondUp = (holder: number | null): FailureMessage => ({
  code: 'second_stack',
  message: `A stack already runs for this data folder, kept by \`conclave up\` (process ${holder}).`,
  fix: 'Use it as it is (every command attaches to it), end it with `conclave down`, or set CONCLAVE_HOME to another folder for a second one.',
  exitCode: 1,
});

const STOPPED: FailureMessage = {
  code: 'stopped',
  message: 'The stack was stopped before it was ready, as by `conclave down`.',
  fix: 'Run the command again when it is to be started.',
  exitCode: 1,
};

/** Opens the socket. The caller holds the lock, so a socket file that is there is a dead one's. */
export const openControl = async (options: ControlServerOptions): Promise<ControlServer> => {
  const clients = new Set<Client>();
  let endpoints: StackEndpoints | null = null;
  let failure: FailureMessage | null = null;
  let lastProgress = '';
  let isTold = false;
  let isEnding = false;
  let leftMs = 0;
  const attached = (): readonly Client[] => [...clients].filter(({ pid }) => pid !== null);
  const holder = (): Client | undefined => attached().find(({ hold }) => hold);

  const greet = (client: Client): void => {
    if (failure) {
      sendLine(client.socket, { type: 'failed', error: failure });
      isTold = true;
    } else if (endpoints) {
      sendLine(client.socket, {
        type: 'ready',
        endpoints,
        sameConfig: client.fingerprint === options.fingerprint,
        providers: options.providers,
      });
    } else if (lastProgress !== '') sendLine(client.socket, { type: 'progress', text: lastProgress });
  };

  /** Work that nobody waits for is paid for all the same: under it, the stack goes on as it was started. */
  const replaceUnlessAtWork = async (client: Client): Promise<void> => {
    const isAtWork = await options.hasOpenWork();
    // Others may have come while the work was counted, and who asked may have gone.
    const isAlone = attached().length === 1 && clients.has(client);
    if (endpoints && isAlone && !isAtWork) {
      sendLine(client.socket, { type: 'replacing' });
      options.onStop();
    } else greet(client);
  };

  const attach = (client: Client, message: ClientMessage & { type: 'attach' }): void => {
    const present = holder();
    // A holder of a stack that ends keeps nobody out of the next one.
    if (message.hold && present && !isEnding) {
      sendLine(client.socket, { type: 'failed', error: secondUp(present.pid) });
      return;
    }
    const isAlone = attached().length === 0;
    Object.assign(client, { pid: message.pid, hold: message.hold, fingerprint: message.fingerprint });
    if (endpoints && isAlone && message.fingerprint !== options.fingerprint) {
      void replaceUnlessAtWork(client);
      return;
    }
    greet(client);
  };

  const handle = (client: Client, message: ClientMessage): void => {
    if (message.type === 'attach') attach(client, message);
    if (message.type === 'stop') options.onStop();
    if (message.type === 'status') {
      const heldBy = holder()?.pid ?? null;
      const { providers } = options;
      const status = { ...options.status(), clients: attached().length, heldBy, providers };
      sendLine(client.socket, { type: 'status', status });
    }
  };

  const server = createServer((socket) => {
    const client: Client = { socket, pid: null, hold: false, fingerprint: '' };
    clients.add(client);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clients.delete(client);
      if (client.pid !== null) leftMs = Date.now();
    });
    onLine<ClientMessage>(socket, (message) => handle(client, message));
  });
  try {
    unlinkSync(options.path);
  } catch {
    // There is none.
  }
  await listen(server, options.path);

  return {
    clients: () => attached().length,
    lastLeftMs: () => leftMs,
    isHeld: () => holder() !== undefined,
    progress: (text) => {
      lastProgress = text;
      for (const { socket } of attached()) sendLine(socket, { type: 'progress', text });
    },
    ready: (value) => {
      endpoints = value;
      for (const client of attached()) greet(client);
    },
    ending: () => {
      if (!isEnding && !endpoints)
        for (const { socket } of attached()) sendLine(socket, { type: 'failed', error: STOPPED });
      isEnding = true;
      endpoints = null;
      lastProgress = '';
    },
    failed: async (error) => {
      failure = error;
      for (const client of attached()) greet(client);
      for (let waited = 0; !isTold && waited < FIRST_CLIENT_MS; waited += 20) await delay(20);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const { socket } of clients) socket.end();
        setTimeout(() => {
          for (const { socket } of clients) socket.destroy();
        }, 200).unref();
      }),
  };
};
