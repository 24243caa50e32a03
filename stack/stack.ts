// The façade: attach to the data folder's stack or start one, ask about it, stop it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { analystEnvironment, checkAnalystsFolder } from '../config/analyst-folders';
import type { Config } from '../config/load';
import { nodeArguments } from '../config/package-root';
import { askedFor } from '../config/provider-settings';
import { secretFileEnvironment } from '../config/secrets';
import { pricesFileEnvironment } from '../config/source-settings';
import { askStatus, type ControlConnection, connectControl } from './control-client';
import { stackFingerprint } from './fingerprint';
import { findHome, type HomePaths, homePaths, prepareHome } from './home';
import { endLeftovers, hasLeftovers } from './leftovers';
import { type Holder, heldElsewhere, isElsewhere, lockHolder, takeLock } from './lock';
import { closeLog, openLog, tailOfLog } from './log-file';
import { endLeftoverPostgres } from './postgres-server';
import { checkPricesFile } from './prices-file-check';
import { endProcess, isSameProcess } from './process-identity';
import type { StackEndpoints, StackStatus, SupervisorMessage } from './protocol';
import { StackError } from './stack-error';

export interface EnsureStackOptions {
  readonly config: Config;
  /** What is being done, a line each; only while the stack starts. */
  readonly onProgress?: (text: string) => void;
  /** Keep the stack until this handle is released (`conclave up`). */
  readonly hold?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export interface StackHandle extends StackEndpoints {
  /** Resolves if the supervisor goes away before `release`. */
  readonly lost: Promise<void>;
  /** Ends this client's lease; the stack ends 30 s after the last one. */
  release(): Promise<void>;
}

/** A first start may build the Temporal server; each step reports progress, so this only bounds silence. */
const CONNECT_TIMEOUT_MS = 30_000;
const EXIT_LOCKED = 75;
/** Ending workers, Temporal and Postgres one after another, each with its grace. */
const STOP_TIMEOUT_MS = 45_000;

interface Spawned {
  readonly exited: Promise<number | null>;
}

const lockFileOf = (paths: HomePaths): string => join(paths.run, 'supervisor.lock');

const spawnSupervisor = (config: Config, paths: HomePaths, env: NodeJS.ProcessEnv): Spawned => {
  const log = openLog(join(paths.logs, 'supervisor.log'));
  try {
    const child = spawn(process.execPath, nodeArguments('stack/supervisor-main'), {
      cwd: paths.root,
      env: {
        ...env,
        ...secretFileEnvironment(env),
        CONCLAVE_HOME: paths.root,
        CONCLAVE_CONFIG: config.file ?? 'none',
        ...analystEnvironment(config.analystsFolder),
        ...pricesFileEnvironment(config.sources),
        ...(config.temporal.cli ? { CONCLAVE_TEMPORAL_CLI: config.temporal.cli } : {}),
      },
      stdio: ['ignore', log, log],
      detached: true,
    });
    child.unref();
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.once('error', () => resolve(1));
    });
    return { exited };
  } finally {
    closeLog(log);
  }
};

const until = async (isOver: () => Promise<boolean> | boolean, timeoutMs: number): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  while (!(await isOver())) {
    if (Date.now() > deadline) return false;
    await delay(50);
  }
  return true;
};

const didNotStart = async (paths: HomePaths): Promise<StackError> => {
  const file = join(paths.logs, 'supervisor.log');
  return new StackError({
    code: 'supervisor_failed',
    message: `The stack's supervisor ended while starting: ${(await tailOfLog(file, 3)).replaceAll('\n', ' ')}`,
    fix: `Read ${file} and run \`conclave doctor\`.`,
  });
};

/** Connects to the running supervisor or starts one. */
const reachSupervisor = async (
  config: Config,
  paths: HomePaths,
  env: NodeJS.ProcessEnv,
): Promise<ControlConnection> => {
  let spawned: Spawned | null = null;
  let exitCode: number | null | undefined;
  const deadline = Date.now() + CONNECT_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const connection = await connectControl(paths.run);
    if (connection) return connection;
    // A holder that does not listen yet is starting, one that no longer listens is ending.
    const holder = await lockHolder(lockFileOf(paths));
    if (holder && isElsewhere(holder)) throw heldElsewhere(holder, lockFileOf(paths));
    if (exitCode === EXIT_LOCKED) spawned = null;
    else if (exitCode !== undefined) throw await didNotStart(paths);
    if (spawned === null && !holder) {
      exitCode = undefined;
      await prepareHome(config.home);
      checkAnalystsFolder(config);
      await checkPricesFile(config);
      spawned = spawnSupervisor(config, paths, env);
      void spawned.exited.then((code) => {
        exitCode = code;
      });
    }
    await delay(40);
  }
  throw await didNotStart(paths);
};

type Outcome = (SupervisorMessage & { type: 'ready' | 'failed' | 'replacing' }) | { readonly type: 'closed' };

const awaitOutcome = (connection: ControlConnection, onProgress: (text: string) => void): Promise<Outcome> =>
  new Promise((resolve) => {
    connection.onMessage((message) => {
      if (message.type === 'progress') onProgress(message.text);
      else if (message.type !== 'status') resolve(message);
    });
    void connection.closed.then(() => resolve({ type: 'closed' }));
  });

const handleOf = (connection: ControlConnection, endpoints: StackEndpoints): StackHandle => {
  connection.unref();
  const release = async (): Promise<void> => {
    connection.close();
    await connection.closed;
  };
  return { ...endpoints, lost: connection.closed, release };
};

/** What a client is told whose settings or build are not those of a stack that others use, or that has open work. */
export const goesOnWithItsOwn = (mine: readonly string[], its: readonly string[] = mine): string => {
  const lacks = mine.filter((name) => !its.includes(name));
  const has = its.filter((name) => !mine.includes(name));
  const differences = [
    ...(lacks.length > 0 ? [`without ${lacks.join(', ')}`] : []),
    ...(has.length > 0 ? [`with ${has.join(', ')}`] : []),
  ].join(' and ');
  const how = differences === '' ? 'with other settings or another build' : differences;
  return `the running stack is in use or has open work, and goes on as it was started, ${how}; "conclave down" ends it, and the next start has what is set here`;
};

/** A supervisor may be ending, or end to be replaced, just when a client comes: then it is tried again. */
const ATTEMPTS = 5;

/**
 * Attaches to the data folder's running stack or starts one, and waits until it serves.
 * @throws StackError with the way out.
 */
export const ensureStack = async (options: EnsureStackOptions): Promise<StackHandle> => {
  const { config, onProgress = () => undefined, env = process.env } = options;
  const paths = await findHome(config.home);
  const fingerprint = stackFingerprint(config, env);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const connection = await reachSupervisor(config, paths, env);
    const outcome = awaitOutcome(connection, onProgress);
    connection.send({ type: 'attach', pid: process.pid, hold: options.hold ?? false, fingerprint });
    const result = await outcome;
    if (result.type === 'ready') {
      if (!result.sameConfig) {
        onProgress(goesOnWithItsOwn(askedFor(config.providers), result.providers));
      }
      return handleOf(connection, result.endpoints);
    }
    if (result.type === 'failed') {
      connection.close();
      // Nothing half-started stays behind an error, so that the next try meets a clean folder.
      if (result.error.code !== 'second_stack')
        await until(async () => (await lockHolder(lockFileOf(paths))) === null, STOP_TIMEOUT_MS);
      throw new StackError(result.error);
    }
    if (result.type === 'replacing') onProgress('settings or build have changed: restarting the stack');
    await connection.closed;
  }
  throw await didNotStart(paths);
};

/** What the supervisor says of the running stack; null when none runs. */
export const stackStatus = (config: Config): Promise<StackStatus | null> =>
  askStatus(homePaths(config.home).run);

/** What a killed supervisor left; nothing where the next one has begun, which looks for it itself. */
const endLeftBehind = async (paths: HomePaths): Promise<number> => {
  if (!(await hasLeftovers(paths))) return 0;
  const taken = await takeLock(lockFileOf(paths));
  if ('heldBy' in taken) return 0;
  try {
    const ended = await endLeftovers(paths);
    await endLeftoverPostgres(join(paths.postgres, 'data'));
    return ended;
  } finally {
    await taken.lock.release();
  }
};

/** One of another host is gone when its lock is. */
const isGone = async (holder: Holder, lockFile: string): Promise<boolean> =>
  isElsewhere(holder) ? (await lockHolder(lockFile)) === null : !isSameProcess(holder);

/** Asks the supervisor to end, as soon as it listens, and waits for it; false where it has not ended in time. */
const endsWhenAsked = async (holder: Holder, paths: HomePaths): Promise<boolean> => {
  const lockFile = lockFileOf(paths);
  const ask = async (): Promise<ControlConnection | null> => {
    const connection = await connectControl(paths.run);
    // Containers of one kernel may share the socket; of another host nothing can be ended from here.
    if (connection === null && isElsewhere(holder)) throw heldElsewhere(holder, lockFile);
    connection?.send({ type: 'stop' });
    return connection;
  };
  let connection = await ask();
  const ended = await until(async () => {
    if (await isGone(holder, lockFile)) return true;
    connection ??= await ask();
    return false;
  }, STOP_TIMEOUT_MS);
  connection?.close();
  return ended;
};

/**
 * Stops the data folder's stack, also one whose supervisor was killed.
 * @returns whether there was anything to stop.
 * @throws StackError `second_stack` where another host's stack has the folder.
 */
export const stopStack = async (config: Config): Promise<boolean> => {
  const paths = await findHome(config.home);
  const holder = await lockHolder(lockFileOf(paths));
  if (holder && !(await endsWhenAsked(holder, paths))) await endProcess(holder, 'SIGTERM', 5_000);
  const ended = await endLeftBehind(paths);
  return holder !== null || ended > 0;
};
