import fc from 'fast-check';
import { CLOSED_BREAKER } from '../../domain/outage/breaker';
import { DEFAULT_BREAKER_SETTINGS } from '../../domain/outage/breaker-state';
import { pricesAgree, reusableForecast, type StoredForecast } from '../../domain/outage/forecast-reuse';
import { admittedByRamp, CRITICAL_LEAD, rampPassesAt, rampShare } from '../../domain/outage/ramp';

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

  test('an unknown price agrees with an unknown one and with no other', () => {
    expect(pricesAgree(null, null)).toBe(true);
    expect(pricesAgree(null, 0)).toBe(false);
    expect(pricesAgree(0, null)).toBe(false);
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

  const keys = Array.from({ length: 3_000 }, (_, index) => `decision:AAPL/run/0/full/model-${index}`);
  const admitted = (share: number, critical = false) =>
    keys.filter((key) => admittedByRamp(share, key, critical)).length / keys.length;

  test('admits about the share of 3,000 calls, three times as many critical ones, and none while open', () => {
    for (const share of [0.1, 0.2, 0.5, 0.9]) {
      expect(Math.abs(admitted(share) - share)).toBeLessThan(0.03);
      expect(Math.abs(admitted(share, true) - Math.min(1, share * CRITICAL_LEAD))).toBeLessThan(0.03);
    }
    expect(admitted(0, true)).toBe(0);
  });

  test('lets more in with each window, and of what waits, critical or not, no window takes a flood', () => {
    const windows = [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000].map((ms) =>
      rampShare(recovered, iso(ms)),
    );
    const ordinary = windows.map((share) => admitted(share));
    expect(ordinary).toEqual([...new Set(ordinary)].sort((a, b) => a - b));
    for (const critical of [false, true]) {
      const sofar = windows.map((share) => admitted(share, critical));
      const entering = sofar.map((share, window) => share - (sofar[window - 1] ?? 0));
      expect(Math.max(...entering)).toBeLessThan(critical ? 0.5 : 0.2);
      expect(sofar.at(-1)).toBe(1);
    }
  });

  test('a call held back passes at the instant it is told, and before it only where it passes at once', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (key, critical) => {
        const passes = rampPassesAt(recovered, key, { critical }) ?? '';
        const sooner = new Date(Date.parse(passes) - 10).toISOString();
        expect(admittedByRamp(rampShare(recovered, passes), key, critical)).toBe(true);
        expect(admittedByRamp(rampShare(recovered, sooner), key, critical)).toBe(passes === iso(1));
      }),
    );
  });

  test('a call is ordinary unless it is said to be critical', () => {
    for (const key of keys.slice(0, 50)) {
      expect(admittedByRamp(0.2, key)).toBe(admittedByRamp(0.2, key, false));
      expect(rampPassesAt(recovered, key)).toBe(rampPassesAt(recovered, key, { critical: false }));
    }
  });

  test('nothing is held back where nothing broke, or where the ramp has no length', () => {
    expect(rampPassesAt(CLOSED_BREAKER, 'key')).toBeNull();
    expect(rampShare(recovered, iso(0), { ...DEFAULT_BREAKER_SETTINGS, rampMs: 0 })).toBe(1);
  });
});
