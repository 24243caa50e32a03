// When a decision that nobody answered waits for its providers, and how long until it asks again (F6).
import type { FailureKind } from './failure';
import { spread } from './ramp';

/** Kinds that pass by themselves: waiting can help. The others would fail alike in an hour. */
const WAITABLE: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rate_limited',
  'rate_limited_too_long',
  'unavailable',
  'timed_out',
  'breaker_open',
]);

/** 15 s: half of a breaker's first window, so that the second or third round may probe. */
export const FIRST_WAIT_MS = 15_000;
/** 10 min: a day's outage costs fewer than 150 rounds, and recovery is found within that. */
export const LONGEST_WAIT_MS = 600_000;

/** How long decisions wait: an operator may prefer to find recovery sooner, at the price of more rounds. */
export interface WaitSettings {
  readonly firstMs: number;
  readonly longestMs: number;
}

const DEFAULT_WAITS: WaitSettings = { firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS };

export interface MemberOutcome {
  readonly answered: boolean;
  readonly failure: FailureKind | null;
}

/** Rounds that may be thrown away though somebody answered: their answers were paid for. */
export const MAX_PARTIAL_ROUNDS = 3;

/** Temporal ends a workflow at 51,200 events: the last rounds and the recording need some of them. */
export const MOST_HISTORY_EVENTS = 40_000;

/** True for failures that waiting can mend. */
export const passesByItself = (failure: FailureKind): boolean => WAITABLE.has(failure);

const passes = ({ answered, failure }: MemberOutcome): boolean =>
  answered || (failure !== null && passesByItself(failure));

/**
 * True when too few answered and every failure may pass by itself. Where nobody answered, waiting costs nothing;
 * where some did, as when providers are just coming back, only a few rounds are waited for the others. In days of
 * outage the workflow's history grows: near its end the decision is recorded as it stands.
 */
export const mayWait = (
  outcomes: readonly MemberOutcome[],
  {
    quorum,
    partialRounds,
    historyEvents,
  }: { readonly quorum: number; readonly partialRounds: number; readonly historyEvents: number },
): boolean => {
  const answers = outcomes.filter(({ answered }) => answered).length;
  if (outcomes.length === 0 || !outcomes.every(passes) || historyEvents >= MOST_HISTORY_EVENTS) return false;
  return answers === 0 || (answers < quorum && partialRounds < MAX_PARTIAL_ROUNDS);
};

/**
 * Milliseconds before round `round + 1` (rounds count from 0): doubling, with up to half as much again by the
 * key, so that those who wait together do not come back together; never beyond the deadline.
 */
export const waitBeforeRound = (
  question: {
    readonly round: number;
    readonly key: string;
    readonly nowMs: number;
    /** Null: none. */
    readonly deadlineMs: number | null;
  },
  { firstMs, longestMs }: WaitSettings = DEFAULT_WAITS,
): number => {
  const { round, key, nowMs, deadlineMs } = question;
  const base = Math.min(longestMs, firstMs * 2 ** Math.min(20, Math.max(0, round)));
  const spreadMs = Math.ceil(base * (1 + spread(`${key}/${round}`) / 2));
  return deadlineMs === null ? spreadMs : Math.max(0, Math.min(spreadMs, deadlineMs - nowMs));
};

/** Of the time that is left for research and decision, so much may be waited: a fifth stays for the members. */
const RESEARCH_WAIT_SHARE = 0.8;

/**
 * Until when research waits for its language models while all are out, in milliseconds since 1970.
 * @param question.deadlineMs of who asked; null: nobody said how long the brief has value, so it does not wait
 * @param question.mostMs the most it waits whatever the deadline
 */
export const researchWaitsUntil = ({
  nowMs,
  deadlineMs,
  mostMs,
}: {
  readonly nowMs: number;
  readonly deadlineMs: number | null;
  readonly mostMs: number;
}): number => {
  if (deadlineMs === null) return nowMs;
  return nowMs + Math.max(0, Math.min(mostMs, Math.floor((deadlineMs - nowMs) * RESEARCH_WAIT_SHARE)));
};
