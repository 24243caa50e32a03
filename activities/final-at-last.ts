// Reading the outside world is tried a few times and then given up; that Postgres was away meanwhile is no reason to. The
// server cannot tell the two apart: it retries without end, and what is over is said here.
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { SourceFailure } from '../sources/port';
import { isDatabaseDown } from './outlast-database';

/** Sources have a chain of their own to fall back on. */
const ATTEMPTS = 4;
/** Within the attempt's time-out of 60 s: an attempt that the server ends would be made again without end. */
const ATTEMPT_MS = 55_000;

const inTime = async <T>(work: Promise<T>, limitMs: number): Promise<T> => {
  const over = new AbortController();
  const late = delay(limitMs, null, { signal: over.signal }).then(() => {
    throw new Error(`no end within ${limitMs / 1_000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
};

const asFinal = (error: unknown): ApplicationFailure => {
  const { message, name } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof ApplicationFailure ? error : null;
  return ApplicationFailure.create({
    message,
    type: known?.type ?? name,
    nonRetryable: true,
    ...(known?.details ? { details: known.details } : {}),
  });
};

/** A source that refuses a connection has the same code as a Postgres that does. */
const isPostgresAway = (error: unknown): boolean =>
  !(error instanceof SourceFailure) && isDatabaseDown(error);

/**
 * The same activity, for a retry policy without end: its failures are final from the fourth attempt on, but for those
 * that an absent Postgres explains. An attempt that takes longer than 55 s has failed.
 */
export const finalAtLast =
  <Args extends readonly unknown[], Result>(
    activity: (...args: Args) => Promise<Result>,
    limitMs = ATTEMPT_MS,
  ): ((...args: Args) => Promise<Result>) =>
  async (...args) => {
    try {
      return await inTime(activity(...args), limitMs);
    } catch (error) {
      const { cancellationSignal, info } = Context.current();
      if (cancellationSignal.aborted || info.attempt < ATTEMPTS) throw error;
      // A RangeError is final already, as bad input.
      if (isPostgresAway(error) || error instanceof RangeError) throw error;
      throw asFinal(error);
    }
  };
