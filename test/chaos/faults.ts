// Seeded kills of real processes, each with a proof that it hit: the process is gone (or stood still), and a
// new one took its place. A run in which a kill did not hit proves nothing and is void.
import { readFileSync } from 'node:fs';
import type { Config } from '../../config/load';
import { seededRandom } from '../../domain/track/random';
import { stackStatus } from '../../stack/stack';
import type { ProviderProcess } from './provider-process';

export const FAULT_TARGETS = ['worker', 'postgres', 'temporal', 'provider'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

export interface Kill {
  readonly target: FaultTarget;
  /** `worker-2`, `postgres`, .. */
  readonly part: string;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly at: string;
  readonly hit: boolean;
  /** Until the struck part was back, or went on. */
  readonly backMs: number;
  /** Sessions that ran when it hit. */
  readonly openSessions: number;
}

/** One kill in four stops the process instead, longer than a heartbeat time-out: the case of a zombie. */
const STOP_SHARE = 0.25;
const STOPPED_MS = 9_000;
/** Least pause between two kills; up to three times as much. Shorter hits parts that are still coming back. */
const GAP_MS = 1_000;
/** A part that dies is brought back within this, with room for a loaded machine. */
const BACK_MS = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The kernel's letter for the process: `T` stopped, `Z` dead and not yet collected; null when it is gone. */
const processState = (pid: number): string | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3);
  } catch {
    return null;
  }
};

const isGone = (pid: number): boolean => [null, 'Z', 'X'].includes(processState(pid));

const until = async (met: () => Promise<boolean> | boolean, withinMs: number): Promise<boolean> => {
  const deadline = Date.now() + withinMs;
  while (!(await met())) {
    if (Date.now() > deadline) return false;
    await pause(25);
  }
  return true;
};

export interface FaultContext {
  readonly config: Config;
  readonly provider: ProviderProcess;
  readonly random: () => number;
  readonly openSessions: () => number;
}

interface Part {
  readonly name: string;
  readonly pid: number;
}

const parts = async ({ config }: FaultContext, target: FaultTarget): Promise<readonly Part[]> => {
  const status = await stackStatus(config);
  return (status?.parts ?? []).flatMap(({ name, pid, state }) =>
    pid !== null && state === 'running' && (name === target || name.startsWith(`${target}-`))
      ? [{ name, pid }]
      : [],
  );
};

const stopFor = async (pid: number): Promise<boolean> => {
  process.kill(pid, 'SIGSTOP');
  const stood = await until(() => processState(pid) === 'T', 2_000);
  await pause(STOPPED_MS);
  if (!isGone(pid)) process.kill(pid, 'SIGCONT');
  return stood;
};

const killPart = async (
  context: FaultContext,
  target: FaultTarget,
  { name, pid }: Part,
): Promise<boolean> => {
  process.kill(pid, 'SIGKILL');
  const gone = await until(() => isGone(pid), 5_000);
  const back = await until(
    async () => (await parts(context, target)).some((part) => part.name === name && part.pid !== pid),
    BACK_MS,
  );
  return gone && back;
};

const killProvider = async ({ provider, random }: FaultContext): Promise<boolean> => {
  const before = provider.pid();
  await provider.restart(500 + Math.floor(2_000 * random()));
  return isGone(before) && provider.pid() !== before;
};

/** Hits one target; null when no such part runs at the moment. */
export const strike = async (context: FaultContext, target: FaultTarget): Promise<Kill | null> => {
  const { random } = context;
  const openSessions = context.openSessions();
  const startedMs = Date.now();
  const done = (part: string, signal: Kill['signal'], hit: boolean): Kill => ({
    ...{ target, part, signal, at: new Date(startedMs).toISOString(), hit, openSessions },
    backMs: Date.now() - startedMs,
  });
  if (target === 'provider') return done(target, 'SIGKILL', await killProvider(context));
  const running = await parts(context, target);
  const part = running[Math.floor(random() * running.length)];
  if (!part) return null;
  // Only workers are stopped: the supervisor takes a server that stands still for a dead one in its own time.
  const signal = target === 'worker' && random() < STOP_SHARE ? 'SIGSTOP' : 'SIGKILL';
  const hit = signal === 'SIGSTOP' ? await stopFor(part.pid) : await killPart(context, target, part);
  return done(part.name, signal, hit);
};

/** When the next kill is due, after so many; resolves early once the run is over, never when no more is due. */
export type Rhythm = (killsBefore: number, stopped: () => boolean) => Promise<unknown>;

/** A kill every one to three seconds, however far the sessions are. */
export const everyFewSeconds =
  (random: () => number): Rhythm =>
  () =>
    pause(GAP_MS + Math.floor(2 * GAP_MS * random()));

/** So many kills over the whole run, spread over the sessions that have ended, by chance within each part. */
export const spreadOver = (
  total: number,
  sessions: number,
  endedSessions: () => number,
  random: () => number,
): Rhythm => {
  const dueAfter = Array.from({ length: total }, (_, index) =>
    Math.floor((sessions * (index + random())) / total),
  );
  return (killsBefore, stopped) =>
    until(() => stopped() || endedSessions() >= (dueAfter[killsBefore] ?? Infinity), Infinity);
};

/** Strikes in its rhythm until `stopped`, every target once before any comes again. */
export const strikeUntil = async (
  context: FaultContext,
  targets: readonly FaultTarget[],
  rhythm: Rhythm,
  stopped: () => boolean,
): Promise<readonly Kill[]> => {
  const kills: Kill[] = [];
  while (!stopped()) {
    await rhythm(kills.length, stopped);
    if (stopped() || context.openSessions() === 0) {
      await pause(GAP_MS);
      continue;
    }
    const kill = await strike(context, targets[kills.length % targets.length]!);
    if (kill) kills.push(kill);
    else await pause(GAP_MS);
  }
  return kills;
};

/** The targets in a seeded order. */
export const shuffled = (targets: readonly FaultTarget[], seed: number): readonly FaultTarget[] => {
  const random = seededRandom(seed);
  return targets
    .map((target) => ({ target, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ target }) => target);
};
