// What is done again while Postgres restarts: what has been paid for must be stored, and its absence is nobody else's failure.
import { setTimeout as delay } from 'node:timers/promises';
import { isUnanswered } from '../db/transaction';

/** Postgres recovers from a kill in about a second; longer than this, and the activity's own retry takes over. */
const LONGEST_MS = 15_000;
const EVERY_MS = 200;

/**
 * Shutting down, starting up, or cut off (Postgres error codes, classes 57 and 08), too many clients, and a standby that is
 * not the primary yet.
 */
const DOWN_STATE = /^(57P0[1-4]|08...|53300|25006)$/;
/** The last four: while a container or its network is away, its name and address are too. */
const DOWN_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const CUT_OFF = /Connection terminated|timeout exceeded when trying to connect/;

/** True for an error that a restarting Postgres explains. */
export const isDatabaseDown = (error: unknown): boolean => {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  const name = String(code);
  return (
    DOWN_STATE.test(name) || DOWN_CODE.test(name) || CUT_OFF.test(String(message)) || isUnanswered(error)
  );
};

export interface OutlastOptions {
  readonly longestMs?: number;
  readonly everyMs?: number;
}

/**
 * Runs `work` again for as long as Postgres is down, at most 15 s after the first failure: a try against a server that is
 * silent takes far longer than one that is refused. Only for reads, and for work that may have been committed although its
 * answer was lost: once-only writes.
 */
export const outlastDatabase = async <T>(
  work: () => Promise<T>,
  { longestMs = LONGEST_MS, everyMs = EVERY_MS }: OutlastOptions = {},
): Promise<T> => {
  let endMs = Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseDown(error) || performance.now() >= endMs) throw error;
      endMs = Math.min(endMs, performance.now() + longestMs);
      await delay(everyMs);
    }
  }
};
