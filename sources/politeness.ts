// Keeps a source's limits on this side: spaces requests out, remembers for some minutes that a source cannot
// be reached or asked for patience, and answers repeats from memory. One hiccup is asked over, not remembered.
import { LRUCache } from 'lru-cache';
import { SourceFailure } from './port';

/** Limits that all processes share, as in Postgres. */
export interface SharedLimits {
  /** Takes one from the bucket: 0 when allowed, else the seconds until the next is. */
  take(bucket: string, limit: { readonly perMinute: number; readonly burst: number }): Promise<number>;
}

export interface PolitenessOptions {
  readonly source: string;
  /** Least time between two requests to the source. */
  readonly minIntervalMs: number;
  /** Keep that time also between requests of several processes; without them, of this one alone. */
  readonly limits?: SharedLimits;
  /** How long an unreachable or rate-limiting source is left alone. Default 5 min. */
  readonly restMs?: number;
  /** How long answers are kept. Default 60 s. */
  readonly keepMs?: number;
  /** Answers kept. Default 500. */
  readonly maxKept?: number;
  readonly now?: () => number;
  /** Waits; a test passes its own. Rejects when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Politeness {
  /**
   * Runs `load` under the limits, a second time where it broke off; equal keys share one run and its answer.
   * @throws what `load` throws.
   */
  run<T>(key: string, signal: AbortSignal, load: () => Promise<T>): Promise<T>;
  /** Until when the source is left alone, in ms since 1970; null when it may be asked. */
  restingUntil(): number | null;
}

/** Before a request that broke off is sent again. */
const AGAIN_AFTER_MS = 500;

const waitFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      signal.removeEventListener('abort', stop);
      resolve();
    }
    function stop() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stop, { once: true });
  });

/** A single server error is no reason to leave a source alone; no connection, or a request for patience, is. */
const callsForRest = ({ offline, kind }: SourceFailure): boolean => offline || kind === 'rate_limited';

/** Limits for one source: of this process, and where `limits` are given of all. */
export const createPoliteness = (options: PolitenessOptions): Politeness => {
  const now = options.now ?? Date.now;
  const wait = options.wait ?? waitFor;
  const restMs = options.restMs ?? 300_000;
  const kept = new LRUCache<string, { readonly at: number; readonly answer: Promise<unknown> }>({
    max: options.maxKept ?? 500,
  });
  let rest: { readonly until: number; readonly why: SourceFailure | null } = { until: 0, why: null };
  let nextAt = 0;
  /** How often the source has answered, well or not. */
  let answered = 0;

  const slot = async (signal: AbortSignal): Promise<void> => {
    const at = Math.max(now(), nextAt);
    nextAt = at + options.minIntervalMs;
    const pause = at - now();
    if (pause > 0) await wait(pause, signal);
    const takeTurn = async (): Promise<number> =>
      (await options.limits?.take(`source ${options.source}`, {
        perMinute: 60_000 / options.minIntervalMs,
        burst: 1,
      })) ?? 0;
    for (let seconds = await takeTurn(); seconds > 0; seconds = await takeTurn())
      await wait(seconds * 1_000, signal);
  };

  const assertAwake = (): void => {
    if (rest.why === null || now() >= rest.until) return;
    const seconds = Math.ceil((rest.until - now()) / 1000);
    const text = `${rest.why.message}; not asked again for ${seconds} s`;
    throw new SourceFailure(rest.why.source, rest.why.kind, text, rest.why.offline);
  };

  /** @param since answers had when the first try broke off; undefined on the first try */
  const load = async <T>(signal: AbortSignal, work: () => Promise<T>, since?: number): Promise<T> => {
    assertAwake();
    await slot(signal);
    assertAwake();
    try {
      const answer = await work();
      answered += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (!error.offline) answered += 1;
      if (error.fleeting && since === undefined) {
        const before = answered;
        await wait(AGAIN_AFTER_MS, signal);
        return load(signal, work, before);
      }
      // What answers others meanwhile is there: that this request breaks off says nothing of the source.
      const isThere = error.fleeting && answered > (since ?? answered);
      if (callsForRest(error) && !isThere) rest = { until: now() + restMs, why: error };
      throw error;
    }
  };

  const run = <T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const known = kept.get(key);
    if (known && now() - known.at < (options.keepMs ?? 60_000)) {
      // The run joined may end because its own asker gave up; that is no answer for this one.
      return (known.answer as Promise<T>).catch((error: unknown) => {
        if (error instanceof SourceFailure || signal.aborted) throw error;
        return run(key, signal, work);
      });
    }
    const answer = load(signal, work);
    kept.set(key, { at: now(), answer });
    answer.catch(() => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    return answer;
  };

  return { run, restingUntil: () => (now() < rest.until ? rest.until : null) };
};
