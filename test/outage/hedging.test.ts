import fc from 'fast-check';
import { FEWEST_CALLS_TO_LEARN, type HedgeTerms, hedgeDelayMs } from '../../domain/outage/hedging';

const LEARNED: HedgeTerms = { after: 'learned', factor: 1, leastMs: 2_000 };
const DEADLINE_MS = 90_000;
const enough = (p95Ms: number) => ({ calls: FEWEST_CALLS_TO_LEARN, p95Ms });

describe('a call is hedged after', () => {
  test.each([
    ['what 95 % of its calls took', LEARNED, enough(12_345.6), 12_346],
    ['so many times that', { ...LEARNED, factor: 2 }, enough(10_000), 20_000],
    ['the least, where a model is faster', LEARNED, enough(300), 2_000],
    ['half the deadline, where a model is slower', LEARNED, enough(80_000), 45_000],
    ['the least, which is half the deadline', { ...LEARNED, leastMs: 45_000 }, enough(300), 45_000],
    ['half the deadline, where nothing is known', LEARNED, null, 45_000],
    ['half the deadline, after too few calls', LEARNED, { calls: 19, p95Ms: 3_000 }, 45_000],
    ['the time that was set, below the least too', { ...LEARNED, after: 500 }, enough(12_000), 500],
    ['the time that was set, late as it is', { ...LEARNED, after: 89_999 }, null, 89_999],
  ] as const)('%s', (_what, terms, times, delayMs) => {
    expect(hedgeDelayMs(terms, times, DEADLINE_MS)).toBe(delayMs);
  });
});

test.each([
  ['the least is more than half the deadline', { ...LEARNED, leastMs: 45_001 }],
  ['the time that was set is the deadline', { ...LEARNED, after: DEADLINE_MS }],
] as const)('a call is never hedged where %s', (_what, terms) => {
  expect(hedgeDelayMs(terms, enough(1_000), DEADLINE_MS)).toBeNull();
});

test('a learnt delay is never under the least, and never over half the deadline', () => {
  const times = fc.option(fc.record({ calls: fc.nat(1_000), p95Ms: fc.nat(200_000) }));
  const terms = fc.record({
    after: fc.constant('learned' as const),
    factor: fc.double({ min: 0.5, max: 10, noNaN: true }),
    leastMs: fc.integer({ min: 100, max: 60_000 }),
  });
  fc.assert(
    fc.property(terms, times, fc.integer({ min: 1_000, max: 300_000 }), (hedge, known, deadlineMs) => {
      const delayMs = hedgeDelayMs(hedge, known, deadlineMs);
      if (delayMs === null) return hedge.leastMs > deadlineMs / 2 - 1;
      return delayMs >= hedge.leastMs && delayMs <= deadlineMs / 2 && Number.isInteger(delayMs);
    }),
  );
});
