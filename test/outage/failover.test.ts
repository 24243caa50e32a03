import {
  type FailoverCandidate,
  type FailoverQuestion,
  type Hop,
  nextHop,
  priceCeiling,
} from '../../domain/outage/failover';
import { FAILURE_KINDS, FAILURE_TABLE, type FailureKind } from '../../domain/outage/failure';

const NOW = '2026-03-02T14:30:00.000Z';
const LATER = '2026-03-02T14:30:30.000Z';

const candidate = (model: string, change: Partial<FailoverCandidate> = {}): FailoverCandidate => ({
  model,
  provider: model,
  worstCostMicroUsd: 1000,
  contextTokens: 100_000,
  breaker: 'closed',
  notBefore: null,
  ...change,
});

const hop = (model: string, outcome: Hop['outcome'], provider = model): Hop => ({
  ordinal: 1,
  model,
  provider,
  outcome,
  startedAt: NOW,
  endedAt: NOW,
  costMicroUsd: 0,
});

const question = (change: Partial<FailoverQuestion>): FailoverQuestion => ({
  candidates: [candidate('a'), candidate('b'), candidate('c')],
  hops: [],
  priceCeilingMicroUsd: null,
  neededTokens: 10_000,
  now: NOW,
  ...change,
});

const called = (change: Partial<FailoverQuestion>): string => {
  const verdict = nextHop(question(change));
  return verdict.type === 'call' ? verdict.candidate.model : verdict.type;
};

describe('failover', () => {
  test('takes the first candidate at first and the next after a failure', () => {
    expect(called({})).toBe('a');
    expect(called({ hops: [hop('a', 'unavailable')] })).toBe('b');
    expect(called({ hops: [hop('a', 'unavailable'), hop('b', 'timed_out')] })).toBe('c');
  });

  test.each(FAILURE_KINDS)('after %s it goes on or stops as the failure table says', (kind: FailureKind) => {
    const verdict = nextHop(
      question({
        candidates: [candidate('a'), candidate('large', { contextTokens: 200_000 })],
        hops: [hop('a', kind)],
      }),
    );
    expect(verdict.type).toBe(FAILURE_TABLE[kind].then === 'stop' ? 'give_up' : 'call');
  });

  test('never moves to a model above the price ceiling and says so', () => {
    const verdict = nextHop(
      question({
        candidates: [candidate('a'), candidate('dear', { worstCostMicroUsd: 1001 }), candidate('b')],
        hops: [hop('a', 'unavailable')],
        priceCeilingMicroUsd: 1000,
      }),
    );
    expect(verdict).toMatchObject({ type: 'call', candidate: { model: 'b' } });
    expect(verdict.skipped.at(-1)).toEqual({
      model: 'dear',
      reason: 'would cost up to 1001 micro-dollars, above the ceiling of 1000',
    });
  });

  test('gives up with the last failure when only dearer models remain', () => {
    const dear = candidate('dear', { worstCostMicroUsd: 1001 });
    expect(
      nextHop(
        question({
          candidates: [candidate('a'), dear],
          hops: [hop('a', 'timed_out')],
          priceCeilingMicroUsd: 1000,
        }),
      ),
    ).toMatchObject({ type: 'give_up', kind: 'timed_out' });
  });

  test('skips open breakers and waits for the earliest when nothing else is left', () => {
    const open = { breaker: 'open' as const, notBefore: LATER };
    expect(called({ candidates: [candidate('a', open), candidate('b')] })).toBe('b');
    expect(
      nextHop(
        question({
          candidates: [
            candidate('a', { ...open, notBefore: '2026-03-02T15:00:00.000Z' }),
            candidate('b', open),
          ],
        }),
      ),
    ).toMatchObject({ type: 'wait', retryAt: LATER });
    expect(called({ candidates: [candidate('a', open)], now: LATER })).toBe('a');
  });

  test('an authentication failure rules out every model of that provider', () => {
    const candidates = [
      candidate('a1', { provider: 'p' }),
      candidate('a2', { provider: 'p' }),
      candidate('b', { provider: 'q' }),
    ];
    expect(called({ candidates, hops: [hop('a1', 'auth', 'p')] })).toBe('b');
    expect(called({ candidates, hops: [hop('a1', 'unavailable', 'p')] })).toBe('a2');
  });

  test('after a context that was too long only larger contexts are tried', () => {
    const candidates = [
      candidate('a', { contextTokens: 64_000 }),
      candidate('same', { contextTokens: 64_000 }),
      candidate('large', { contextTokens: 200_000 }),
    ];
    expect(called({ candidates, hops: [hop('a', 'context_too_long')] })).toBe('large');
  });

  test('a candidate whose context cannot hold the call is passed over', () => {
    expect(called({ candidates: [candidate('small', { contextTokens: 9_999 }), candidate('b')] })).toBe('b');
  });

  test('ends after the greatest number of hops', () => {
    const candidates = 'abcdefg'.split('').map((name) => candidate(name));
    const hops = 'abcde'.split('').map((name) => hop(name, 'unavailable'));
    expect(nextHop(question({ candidates, hops }))).toMatchObject({ type: 'give_up', kind: 'unavailable' });
    expect(called({ candidates, hops, maxHops: 6 })).toBe('f');
  });

  test('the default ceiling is the first choice, a permission lifts it', () => {
    expect(priceCeiling(candidate('a'), undefined)).toBe(1000);
    expect(priceCeiling(candidate('a'), null)).toBeNull();
    expect(priceCeiling(candidate('a'), 5000)).toBe(5000);
  });
});
