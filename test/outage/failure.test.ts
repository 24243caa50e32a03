// The failure table, word for word: what a kind leads to is a promise, not something to be read off the code.
import { FAILURE_KINDS, FAILURE_TABLE } from '../../domain/outage/failure';

const PROMISED = [
  // kind, at first, at last, attempts, counts for the breaker
  ['rate_limited', 'retry', 'fail_over', 3, false],
  ['rate_limited_too_long', 'fail_over', 'fail_over', 1, false],
  ['unavailable', 'retry', 'fail_over', 2, true],
  ['timed_out', 'fail_over', 'fail_over', 1, true],
  ['auth', 'fail_over', 'fail_over', 1, false],
  ['bad_request', 'fail_over', 'fail_over', 1, false],
  ['context_too_long', 'fail_over', 'fail_over', 1, false],
  ['refused_by_content_filter', 'fail_over', 'fail_over', 1, false],
  ['malformed', 'retry', 'fail_over', 2, false],
  ['budget', 'stop', 'stop', 1, false],
  ['breaker_open', 'fail_over', 'fail_over', 1, false],
  ['halted', 'stop', 'stop', 1, false],
  ['no_data', 'stop', 'stop', 1, false],
] as const;

test.each(PROMISED)('%s: %s, then %s, after %i attempts', (kind, first, then, attempts, countsForBreaker) => {
  expect(FAILURE_TABLE[kind]).toEqual({ first, then, attempts, countsForBreaker });
});

test('every kind has its line, and no other', () => {
  expect(PROMISED.map(([kind]) => kind)).toEqual([...FAILURE_KINDS]);
});
