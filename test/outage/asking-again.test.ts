// When a decision waits for its providers, and for how long.
import * as fc from 'fast-check';
import type { FAILURE_KINDS } from '../../domain/outage/failure';
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, mayWait, waitBeforeRound } from '../../domain/outage/waiting';

const failed = (failure: (typeof FAILURE_KINDS)[number]) => ({ answered: false, failure });
const answered = { answered: true, failure: null };

describe('whether to wait', () => {
  it('waits where every member failed for a reason that passes', () => {
    expect(mayWait([failed('unavailable'), failed('breaker_open'), failed('rate_limited')])).toBe(true);
  });

  it('does not wait where one answered, nobody was asked, or a reason stays', () => {
    expect(mayWait([failed('unavailable'), answered])).toBe(false);
    expect(mayWait([])).toBe(false);
    for (const kind of ['auth', 'budget', 'halted', 'malformed', 'bad_request', 'no_data'] as const)
      expect(mayWait([failed('unavailable'), failed(kind)])).toBe(false);
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

  it('spreads those who wait together', () => {
    const waits = Array.from({ length: 50 }, (_, index) =>
      waitBeforeRound({ round: 3, key: `decision-${index}`, nowMs: 0, deadlineMs: null }),
    );
    expect(new Set(waits).size).toBeGreaterThan(45);
  });
});
