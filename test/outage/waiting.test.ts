import fc from 'fast-check';
import { CLOSED_BREAKER } from '../../domain/outage/breaker';
import { reusableForecast, type StoredForecast } from '../../domain/outage/forecast-reuse';
import { admittedByRamp, rampPassesAt, rampShare } from '../../domain/outage/ramp';

const T0 = Date.parse('2026-03-02T14:30:00.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();

const stored: StoredForecast = {
  world: 'live',
  propositionId: 'p1',
  briefId: 'b1',
  model: 'm1',
  price: 0.5,
  madeAt: iso(0),
};

describe('reuse of a stored forecast', () => {
  test('holds for thirty minutes with the same proposition, brief and price', () => {
    expect(reusableForecast(stored, stored, iso(1_800_000))).toEqual({ reusable: true });
    expect(reusableForecast(stored, { ...stored, price: 0.505 }, iso(0))).toEqual({ reusable: true });
  });

  test.each([
    ['another proposition', { propositionId: 'p2' }, 0],
    ['another brief', { briefId: 'b2' }, 0],
    ['another world', { world: 'replay:0123456789ab' }, 0],
    ['another model', { model: 'm2' }, 0],
    ['the price moved by more than 1 %', { price: 0.5051 }, 0],
    ['the price moved by more than 1 %', { price: null }, 0],
    ['older than 30 minutes', {}, 1_800_001],
    ['made after the as-of instant', {}, -1],
  ])('is refused for %s', (reason, change, afterMs) => {
    expect(reusableForecast(stored, { ...stored, ...change }, iso(afterMs))).toEqual({
      reusable: false,
      reason,
    });
  });
});

describe('recovery ramp', () => {
  const recovered = { ...CLOSED_BREAKER, closedAt: iso(0) };

  test('grows from a tenth to all within a minute and is full where nothing broke', () => {
    expect(rampShare(recovered, iso(0))).toBeCloseTo(0.1, 12);
    expect(rampShare(recovered, iso(30_000))).toBeCloseTo(0.55, 12);
    expect(rampShare(recovered, iso(60_000))).toBe(1);
    expect(rampShare(CLOSED_BREAKER, iso(0))).toBe(1);
    expect(rampShare({ ...recovered, status: 'open' }, iso(60_000))).toBe(0);
  });

  test('admits about the share of 10,000 calls, and critical work always', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `decision:AAPL/run/0/full/model-${index}`);
    for (const share of [0.1, 0.5, 0.9]) {
      const admitted = keys.filter((key) => admittedByRamp(share, key)).length;
      expect(Math.abs(admitted / keys.length - share)).toBeLessThan(0.02);
    }
    expect(admittedByRamp(0.1, keys[0] as string, true)).toBe(true);
    expect(admittedByRamp(0, keys[0] as string, true)).toBe(false);
  });

  test('a call held back passes by the instant it is told', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const passes = rampPassesAt(recovered, key) ?? '';
        expect(admittedByRamp(rampShare(recovered, passes), key)).toBe(true);
      }),
    );
  });
});
