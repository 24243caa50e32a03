// Entry of the supervisor process: takes the lock, opens the control socket, starts the stack, and decides
// when to end.

import { join } from 'node:path';
import { loadConfig } from '../config/load';
import { askedFor } from '../config/provider-settings';
import { redact } from '../config/redact';
import { type ControlServer, openControl } from './control-server';
import { stackFingerprint } from './fingerprint';
import { prepareHome } from './home';
import { createIdleWatch } from './idle-watch';
import { takeLock } from './lock';
import { type FailureMessage, socketPath } from './protocol';
import { describeError, StackError } from './stack-error';
import { type RunningStack, startStack } from './supervisor';

/** Another supervisor holds the lock; the client that started this one will find it. */
const EXIT_LOCKED = 75;
const WATCH_EVERY_MS = 1_000;

const log = (text: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${redact(text)}\n`);
};

const failureOf = (error: unknown): FailureMessage =>
  error instanceof StackError
    ? { code: error.code, message: redact(error.message), fix: error.fix, exitCode: error.exitCode }
    : {
        code: 'supervisor_failed',
        message: `The stack could not be started: ${redact(describeError(error))}.`,
        fix: 'Run `conclave doctor` and read logs/supervisor.log in the data folder.',
        exitCode: 1,
      };

const main = async (): Promise<number> => {
  const env = process.env;
  const config = loadConfig({ env });
  const paths = await prepareHome(config.home);
  const taken = await takeLock(join(paths.run, 'supervisor.lock'));
  if ('heldBy' in taken) return EXIT_LOCKED;
  const { lock } = taken;
  const startedAt = new Date().toISOString();
  let stack: RunningStack | null = null;
  let control: ControlServer | null = null;
  let wanted = true;
  const calledOff = new AbortController();
  let wake: () => void = () => undefined;
  const end = (): void => {
    wanted = false;
    calledOff.abort(new Error('asked to stop'));
    // Whoever comes from now on starts the next one.
    control?.ending();
    wake();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  process.on('SIGHUP', () => undefined);
  const opened = await openControl({
    path: socketPath(paths.run),
    fingerprint: stackFingerprint(config, env),
    providers: askedFor(config.providers),
    status: () => ({
      supervisorPid: process.pid,
      startedAt,
      ready: stack !== null,
      parts: stack?.parts() ?? [],
      endpoints: stack?.endpoints ?? null,
    }),
    hasOpenWork: async () => (await stack?.hasOpenWork()) ?? true,
    onStop: end,
  });
  control = opened;
  const onProgress = (text: string): void => {
    log(text);
    opened.progress(text);
  };
  let exitCode = 0;
  try {
    stack = await startStack({ config, paths, env, onProgress, log, signal: calledOff.signal });
    log('ready');
    if (wanted) opened.ready(stack.endpoints);
    const idle = createIdleWatch({
      lingerMs: config.stack.lingerSeconds * 1_000,
      nowMs: Date.now,
      clients: opened.clients,
      lastLeftMs: opened.lastLeftMs,
      hasOpenWork: stack.hasOpenWork,
    });
    while (wanted && (await lock.stillMine()) && !(await idle.isOver())) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, WATCH_EVERY_MS);
      });
    }
    log('ending');
    opened.ending();
    await stack.stop();
  } catch (error) {
    if (error === calledOff.signal.reason) log('ended before it was ready');
    else {
      exitCode = 1;
      log(`failed: ${describeError(error)}`);
      await opened.failed(failureOf(error));
    }
    await stack?.stop();
  }
  await opened.close();
  await lock.release();
  log('ended');
  return exitCode;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    log(describeError(error));
    process.exit(1);
  },
);
