// Attaches a command to the running stack, or starts one, and gives it a client.
import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { type ConclaveClient, connectClient } from '../client/connect';
import { ResearchFailed } from '../client/research';
import {
  createWorkerPresence,
  SETTLED_WAIT_MS,
  type WorkerPresence,
  workersAtWork,
} from '../client/worker-presence';
import { type Config, loadConfig } from '../config/load';
import { readSecret } from '../config/secrets';
import { ensureStack, type StackHandle, stackStatus } from '../stack/stack';
import { CliError, createProgress, note } from './output';
import { workerIsStarting } from './starting-worker';
import { watchWorkers } from './worker-watch';

export interface Attached {
  readonly client: ConclaveClient;
  readonly stack: StackHandle;
}

/** Workers of a stack that has just been started need their time. */
const WORKERS_START_MS = 30_000;

/** How long a worker may be on its way, by the age of the stack. */
const workerWaitMs = async (config: Config): Promise<number> => {
  const status = await stackStatus(config);
  const ageMs = status ? Date.now() - Date.parse(status.startedAt) : 0;
  return Math.min(WORKERS_START_MS, Math.max(SETTLED_WAIT_MS, WORKERS_START_MS - ageMs));
};

const LOOK_MS = 200;

/** A worker adds the models of its providers when it starts; what asks for them may be quicker than that. */
const firstWorker = async (client: ConclaveClient, config: Config): Promise<void> => {
  const status = config.stack.workers > 0 ? await stackStatus(config) : null;
  if (!status) return;
  const until = Date.parse(status.startedAt) + WORKERS_START_MS;
  const mayCome = async () => Date.now() < until || (await workerIsStarting(client, config));
  while ((await workersAtWork(client)) === 0 && (await mayCome())) await setTimeout(LOOK_MS);
};

/** A person who waits for a worker is told so. */
const SAY_SO_MS = 3_000;

const saysThatItWaits = (presence: WorkerPresence): WorkerPresence => ({
  assertPresent: async () => {
    const timer = globalThis.setTimeout(() => note('Waiting for a worker that takes work.'), SAY_SO_MS);
    try {
      await presence.assertPresent();
    } finally {
      clearTimeout(timer);
    }
  },
});

/**
 * A client of a stack that runs. Starting something waits for a worker that is on its way; from then on workers
 * that go away are reported.
 */
export const openClient = async (
  stack: Pick<StackHandle, 'databaseUrl' | 'temporal'>,
  config: Config,
): Promise<ConclaveClient> => {
  let presence: WorkerPresence | null = null;
  let unwatch: (() => void) | null = null;
  const beforeWork = async (): Promise<void> => {
    presence ??= saysThatItWaits(
      createWorkerPresence(client, {
        waitMs: await workerWaitMs(config),
        isStarting: () => workerIsStarting(client, config),
      }),
    );
    await presence.assertPresent();
    unwatch ??= watchWorkers(client);
  };
  const client = await connectClient({
    databaseUrl: stack.databaseUrl,
    temporal: stack.temporal,
    tls: config.temporal.tls,
    apiKey: config.temporal.apiKeyName ? readSecret(config.temporal.apiKeyName) : null,
    payloadKeysName: config.temporal.payloadKeysName,
    beforeWork,
  });
  const close = (): Promise<void> => {
    unwatch?.();
    return client.close();
  };
  return { ...client, close, registryReady: () => firstWorker(client, config) };
};

/** A stack that ends takes its servers down first and its supervisor last. */
const ENDING_MS = 3_000;

/** What a command failed of: the end of the stack where that is why, else the error itself. */
export const unlessStopped = async (
  error: unknown,
  { lost }: Pick<StackHandle, 'lost'>,
  endingMs = ENDING_MS,
): Promise<unknown> => {
  // What a workflow or its input failed of was said by a server that runs.
  const isKnown =
    error instanceof RangeError ||
    error instanceof ApplicationFailure ||
    error instanceof ResearchFailed ||
    (error instanceof Error && 'exitCode' in error);
  if (isKnown) return error;
  const ended = lost.then(() => true);
  if (!(await Promise.race([ended, setTimeout(endingMs, false)]))) return error;
  return stackStopped();
};

const stackStopped = (): CliError =>
  new CliError({
    code: 'stack_stopped',
    message: 'The stack was stopped while this ran',
    fix: 'What was begun goes on when it runs again: start it, or repeat the command; `conclave session --follow` shows a session by its id.',
  });

/** Servers outlive a supervisor that was killed: what waits for its workers would wait for ever, without an error. */
export const whileStackRuns = async <T>(
  work: Promise<T>,
  { lost }: Pick<StackHandle, 'lost'>,
  endingMs = ENDING_MS,
): Promise<T> => {
  // The connection also closes behind work that is done: nothing may wait then.
  const done = new AbortController();
  const gone = lost
    .then(() => setTimeout(endingMs, undefined, { signal: done.signal }))
    .then((): never => {
      throw stackStopped();
    });
  try {
    return await Promise.race([work, gone]);
  } finally {
    done.abort();
  }
};

const LEAVE_MS = 200;

/** What still waits cannot be called off, and would fail aloud on a closed connection: it ends with the process. */
const leaveSoon = (): void => {
  globalThis.setTimeout(() => process.exit(), LEAVE_MS);
};

/** Runs `work` with a client; the stack's lease and the connections end with it. */
export const withClient = async <T>(work: (attached: Attached) => Promise<T>): Promise<T> => {
  const config = loadConfig();
  const progress = createProgress();
  const stack = await ensureStack({ config, onProgress: progress.update }).finally(progress.done);
  try {
    const client = await openClient(stack, config);
    let isDone = false;
    const running = work({ client, stack }).finally(() => {
      isDone = true;
    });
    try {
      return await whileStackRuns(running, stack);
    } catch (error) {
      throw await unlessStopped(error, stack);
    } finally {
      if (isDone) await client.close();
      else leaveSoon();
    }
  } finally {
    await stack.release();
  }
};
