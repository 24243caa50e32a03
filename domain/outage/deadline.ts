// Deadlines by value (F6): work is worth doing only while its result can still be used. A decision for the
// open is worthless after it; late work ends as `expired` and is recorded, never traded.
import type { IsoInstant } from '../world';

export type LateVerdict = 'on_time' | 'expired';

/** `expired` from the deadline on; work without a deadline never expires. */
export const lateness = (now: IsoInstant, deadline: IsoInstant | null): LateVerdict =>
  deadline !== null && Date.parse(now) >= Date.parse(deadline) ? 'expired' : 'on_time';

export interface WaitPlan {
  /** Milliseconds to wait now; 0: go on; null: do not wait, the value is gone before anything can change. */
  readonly waitMs: number | null;
  readonly reason: string;
}

/**
 * How long to wait for a provider that may be called again at `retryAt`, under a deadline and with
 * `neededMs` for the work itself.
 */
export const waitFor = (question: {
  readonly now: IsoInstant;
  readonly retryAt: IsoInstant;
  readonly deadline: IsoInstant | null;
  readonly neededMs: number;
}): WaitPlan => {
  const nowMs = Date.parse(question.now);
  const readyMs = Math.max(nowMs, Date.parse(question.retryAt));
  if (question.deadline !== null && readyMs + question.neededMs > Date.parse(question.deadline))
    return {
      waitMs: null,
      reason: `ready at ${new Date(readyMs).toISOString()}, worthless after ${question.deadline}`,
    };
  return {
    waitMs: readyMs - nowMs,
    reason: readyMs === nowMs ? 'ready' : `until ${new Date(readyMs).toISOString()}`,
  };
};

/** The time an attempt may take: its own limit, cut to what the deadline leaves; 0 when nothing is left. */
export const attemptDeadlineMs = (now: IsoInstant, limitMs: number, deadline: IsoInstant | null): number =>
  deadline === null ? limitMs : Math.max(0, Math.min(limitMs, Date.parse(deadline) - Date.parse(now)));

/** What critical work is, the most urgent first (F5). */
export const WORK_CLASSES = ['open_position', 'held_symbol', 'new_idea', 'background'] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

export interface QueuedWork {
  readonly id: string;
  readonly workClass: WorkClass;
  readonly deadline: IsoInstant | null;
  readonly queuedAt: IsoInstant;
}

const deadlineMs = (work: QueuedWork): number =>
  work.deadline === null ? Number.POSITIVE_INFINITY : Date.parse(work.deadline);

const compareMs = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Open positions, then held symbols, then new ideas; within a class the nearest deadline, then the longest wait. */
export const byPriority = (a: QueuedWork, b: QueuedWork): number =>
  WORK_CLASSES.indexOf(a.workClass) - WORK_CLASSES.indexOf(b.workClass) ||
  compareMs(deadlineMs(a), deadlineMs(b)) ||
  compareMs(Date.parse(a.queuedAt), Date.parse(b.queuedAt)) ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Temporal priority key, 1 the most urgent to 5. */
export const priorityKey = (workClass: WorkClass): number => WORK_CLASSES.indexOf(workClass) + 1;
