// What is done again while Postgres restarts: what has been paid for must be stored, and its absence is nobody else's failure.
import { setTimeout as delay } from 'node:timers/promises';

/** Postgres recovers from a kill in about a second; longer than this, and the activity's own retry takes over. */
const LONGEST_MS = 15_000;
const EVERY_MS = 200;

/** Shutting down, starting up, or cut off (Postgres error codes, classes 57 and 08), and too many clients. */
const DOWN_STATE = /^(57P0[1-4]|08...|53300)$/;
const DOWN_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;
const CUT_OFF = /Connection terminated|timeout exceeded when trying to connect/;

/** True for an error that a restarting Postgres explains. */
export const isDatabaseDown = (error: unknown): boolean => {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  const name = String(code);
  return DOWN_STATE.test(name) || DOWN_CODE.test(name) || CUT_OFF.test(String(message));
};

export interface OutlastOptions {
  readonly longestMs?: number;
  readonly everyMs?: number;
}

/**
 * Runs `work` again for as long as Postgres is down, at most 15 s. Only for reads, and for work that may have been committed
 * although its answer was lost: once-only writes.
 */
export const outlastDatabase = async <T>(
  work: () => Promise<T>,
  { longestMs = LONGEST_MS, everyMs = EVERY_MS }: OutlastOptions = {},
): Promise<T> => {
  const attempts = Math.ceil(longestMs / everyMs);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isDatabaseDown(error)) throw error;
      await delay(everyMs);
    }
  }
};
