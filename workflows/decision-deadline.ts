// A decision's deadline in two steps: from it on nothing new is begun and the decision is worthless, but calls
// under way may still land, so that late answers are on record; soon after it everything left is cancelled.
import { passedAfter, runUnless } from './run-unless';

/** Long enough for an answer that is on its way; longer would only keep the session waiting. */
const LATE_ANSWERS_MS = 15_000;

export interface Deadline {
  readonly overdue: () => boolean;
  /** Milliseconds left; null without a deadline. */
  readonly leftMs: () => number | null;
}

/** Runs `work` under the deadline. Null when it had to be cut off. */
export const withinDeadline = async <T>(
  deadlineAt: string | null,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T | null> => {
  if (!deadlineAt) return work({ overdue: () => false, leftMs: () => null });
  const atMs = Date.parse(deadlineAt);
  const tooLate = passedAfter(atMs + LATE_ANSWERS_MS - Date.now());
  const deadline: Deadline = {
    overdue: () => Date.now() >= atMs,
    leftMs: () => Math.max(0, atMs - Date.now()),
  };
  return runUnless(tooLate, () => work(deadline));
};
