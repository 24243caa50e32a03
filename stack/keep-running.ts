// Keeps one process of the stack running: starts it again within a moment when it dies, slower when it dies
// again and again, and never gives up while the stack runs.
import type { PartStatus } from './protocol';
import type { RunningPart } from './running-part';
import { describeError } from './stack-error';

/** First restart at once; a process that keeps dying is tried every ten seconds at least. */
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 10_000;
/** A process that ran this long counts as healthy again. */
const HEALTHY_AFTER_MS = 20_000;

export interface KeepRunningOptions {
  readonly name: string;
  readonly start: () => Promise<RunningPart>;
  /** Called at every change of state. */
  readonly onChange?: () => void;
  readonly log: (text: string) => void;
}

export interface KeptPart {
  readonly name: string;
  status(): PartStatus;
  /** The present process, or null between two. */
  running(): RunningPart | null;
  /** Ends the process and the watch over it. */
  stop(): Promise<void>;
}

interface Watch {
  part: RunningPart | null;
  state: PartStatus['state'];
  restarts: number;
  problem: string | null;
  stopping: boolean;
  quickDeaths: number;
  wake: (() => void) | null;
}

const pause = (watch: Watch, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    watch.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

const startOnce = async (options: KeepRunningOptions, watch: Watch): Promise<void> => {
  try {
    watch.part = await options.start();
    watch.state = 'running';
    watch.problem = null;
  } catch (error) {
    watch.part = null;
    watch.problem = describeError(error);
    options.log(`${options.name} could not be started: ${watch.problem}`);
  }
  options.onChange?.();
};

const watchOver = async (options: KeepRunningOptions, watch: Watch): Promise<void> => {
  while (!watch.stopping) {
    const startedMs = Date.now();
    if (watch.part) {
      const end = await watch.part.exited;
      if (watch.stopping) return;
      watch.problem = `ended with ${end.signal ?? `code ${end.code}`}`;
      options.log(`${options.name} ${watch.problem}; starting it again`);
    }
    watch.part = null;
    watch.state = 'restarting';
    options.onChange?.();
    watch.quickDeaths = Date.now() - startedMs > HEALTHY_AFTER_MS ? 0 : watch.quickDeaths + 1;
    const exponent = Math.max(0, watch.quickDeaths - 2);
    await pause(watch, Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** exponent));
    if (watch.stopping) return;
    watch.restarts += 1;
    await startOnce(options, watch);
  }
};

/**
 * Starts the process and watches over it.
 * @throws what `start` throws the first time; later failures are logged and tried again.
 */
export const keepRunning = async (options: KeepRunningOptions): Promise<KeptPart> => {
  const watch: Watch = {
    part: await options.start(),
    state: 'running',
    restarts: 0,
    problem: null,
    stopping: false,
    quickDeaths: 0,
    wake: null,
  };
  options.onChange?.();
  const watching = watchOver(options, watch);
  const stop = async (): Promise<void> => {
    watch.stopping = true;
    watch.wake?.();
    await watch.part?.stop();
    await watching;
    // A start that was under way when the stop came.
    await watch.part?.stop();
    watch.state = 'stopped';
  };
  const status = (): PartStatus => ({
    name: options.name,
    state: watch.state,
    pid: watch.part?.record.pid ?? null,
    restarts: watch.restarts,
    problem: watch.problem,
  });
  return { name: options.name, status, running: () => watch.part, stop };
};
