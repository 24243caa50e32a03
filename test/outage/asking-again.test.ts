// When a decision waits for its providers, and for how long.
import * as fc from 'fast-check';
import type { FAILURE_KINDS } from '../../domain/outage/failure';
import {
  FIRST_WAIT_MS,
  LONGEST_WAIT_MS,
  MAX_PARTIAL_ROUNDS,
  MOST_HISTORY_EVENTS,
  mayWait,
  researchWaitsUntil,
  waitBeforeRound,
} from '../../domain/outage/waiting';

const failed = (failure: (typeof FAILURE_KINDS)[number]) => ({ answered: false, failure });
const answered = { answered: true, failure: null };

const none = { quorum: 2, partialRounds: 0, historyEvents: 0 };

describe('whether to wait', () => {
  it('waits where every member failed for a reason that passes', () => {
    const outcomes = [failed('unavailable'), failed('breaker_open'), failed('rate_limited')];
    expect(mayWait(outcomes, none)).toBe(true);
    expect(mayWait(outcomes, { ...none, partialRounds: 99 })).toBe(true);
  });

  it('does not wait where the history has no room for more rounds', () => {
    const outcomes = [failed('unavailable')];
    expect(mayWait(outcomes, { ...none, historyEvents: MOST_HISTORY_EVENTS - 1 })).toBe(true);
    expect(mayWait(outcomes, { ...none, historyEvents: MOST_HISTORY_EVENTS })).toBe(false);
  });

  it('waits a few rounds for the others where too few answered', () => {
    const outcomes = [failed('breaker_open'), failed('timed_out'), answered];
    expect(mayWait(outcomes, none)).toBe(true);
    expect(mayWait(outcomes, { ...none, partialRounds: MAX_PARTIAL_ROUNDS - 1 })).toBe(true);
    expect(mayWait(outcomes, { ...none, partialRounds: MAX_PARTIAL_ROUNDS })).toBe(false);
    expect(MAX_PARTIAL_ROUNDS).toBe(3);
  });

  it('does not wait where enough answered, nobody was asked, or a reason stays', () => {
    expect(mayWait([failed('unavailable'), answered], { ...none, quorum: 1 })).toBe(false);
    expect(mayWait([answered, answered], none)).toBe(false);
    expect(mayWait([], none)).toBe(false);
    for (const kind of ['auth', 'budget', 'halted', 'malformed', 'bad_request', 'no_data'] as const) {
      expect(mayWait([failed('unavailable'), failed(kind)], none)).toBe(false);
      expect(mayWait([answered, failed(kind)], none)).toBe(false);
    }
  });
});

describe('how long', () => {
  const question = fc.record({
    round: fc.integer({ min: 0, max: 500 }),
    key: fc.string(),
    nowMs: fc.integer({ min: 0, max: 2 ** 40 }),
    deadlineMs: fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: null }),
  });

  it('is at least the first wait, at most one and a half times the longest, and never past the deadline', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const waitMs = waitBeforeRound(asked);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(1.5 * LONGEST_WAIT_MS + 1);
        if (asked.deadlineMs === null) expect(waitMs).toBeGreaterThanOrEqual(FIRST_WAIT_MS);
        else expect(waitMs).toBeLessThanOrEqual(Math.max(0, asked.deadlineMs - asked.nowMs));
      }),
    );
  });

  const waitsOf = (round: number): readonly number[] =>
    Array.from({ length: 50 }, (_, index) =>
      waitBeforeRound({ round, key: `decision-${index}`, nowMs: 0, deadlineMs: null }),
    );

  it('spreads those who wait together', () => {
    expect(new Set(waitsOf(3)).size).toBeGreaterThan(45);
  });

  it.each([
    [0, FIRST_WAIT_MS],
    [1, 2 * FIRST_WAIT_MS],
    [3, 8 * FIRST_WAIT_MS],
    [9, LONGEST_WAIT_MS],
    [-2, FIRST_WAIT_MS],
  ])('doubles with each round up to the longest, and up to half as much again: round %i', (round, baseMs) => {
    const waits = waitsOf(round);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(baseMs);
    expect(Math.min(...waits)).toBeLessThan(1.1 * baseMs);
    expect(Math.max(...waits)).toBeGreaterThan(1.4 * baseMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.5 * baseMs + 1);
  });
});

describe('how long research waits', () => {
  test('is within its bound and leaves a fifth of the time to the decision', () => {
    const asked = { nowMs: 1_000, deadlineMs: 11_000, mostMs: 60_000 };
    expect(researchWaitsUntil(asked)).toBe(9_000);
    expect(researchWaitsUntil({ ...asked, mostMs: 3_000 })).toBe(4_000);
    expect(researchWaitsUntil({ ...asked, mostMs: 0 })).toBe(1_000);
  });

  test('is not at all without a deadline or after it', () => {
    expect(researchWaitsUntil({ nowMs: 1_000, deadlineMs: null, mostMs: 60_000 })).toBe(1_000);
    expect(researchWaitsUntil({ nowMs: 1_000, deadlineMs: 500, mostMs: 60_000 })).toBe(1_000);
  });
});
