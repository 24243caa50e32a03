import fc from 'fast-check';
import { CLOSED_BREAKER } from '../../domain/outage/breaker';
import {
  attemptDeadlineMs,
  byPriority,
  lateness,
  priorityKey,
  type QueuedWork,
  WORK_CLASSES,
  waitFor,
} from '../../domain/outage/deadline';
import { reusableForecast, type StoredForecast } from '../../domain/outage/forecast-reuse';
import { admittedByRamp, rampPassesAt, rampShare } from '../../domain/outage/ramp';
import { parseRetryAfterMs, retryDelayMs } from '../../domain/outage/retry-after';

const T0 = Date.parse('2026-03-02T14:30:00.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();

describe('Retry-After', () => {
  test.each([
    [{ retryAfter: '20' }, 20_000],
    [{ retryAfter: '1.5' }, 1500],
    [{ retryAfter: '0' }, 0],
    [{ retryAfter: '-5' }, 0],
    [{ retryAfter: '250ms' }, 250],
    [{ retryAfterMs: '250', retryAfter: '9' }, 250],
    [{ retryAfter: '2m30s' }, 150_000],
    [{ retryAfter: '1h' }, 3_600_000],
    [{ retryAfter: 'Mon, 02 Mar 2026 14:31:00 GMT' }, 60_000],
    [{ retryAfter: 'Mon, 02 Mar 2026 14:29:00 GMT' }, 0],
    [{ retryAfter: '2026-03-02T14:30:05Z' }, 5000],
    [{ retryAfter: '36000' }, 36_000_000],
    [{ retryAfter: '99999999999999999999' }, 366 * 86_400_000],
    [{ retryAfter: 'soon' }, null],
    [{ retryAfter: '' }, null],
    [{}, null],
  ])('%j is read as %s ms', (headers, expected) => {
    expect(parseRetryAfterMs(headers, T0)).toBe(expected);
  });

  test('is never undercut, and an absurd one leads elsewhere instead of sleeping', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.nat(40_000_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, retryAfterMs, random) => {
          const verdict = retryDelayMs({ attempt, retryAfterMs, random });
          if (retryAfterMs > 15_000)
            expect(verdict).toEqual({ type: 'too_long', leaveAloneMs: retryAfterMs });
          else
            expect(
              verdict.type === 'wait' && verdict.delayMs >= retryAfterMs && verdict.delayMs <= 17_000,
            ).toBe(true);
        },
      ),
    );
  });

  test('without one the wait doubles per attempt up to eight seconds and keeps half of it certain', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => {
      const verdict = retryDelayMs({ attempt, retryAfterMs: null, random: 0 });
      return verdict.type === 'wait' ? verdict.delayMs : -1;
    });
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  });
});

describe('deadlines by value', () => {
  test('work ends as expired from its deadline on, and never without one', () => {
    expect(lateness(iso(0), iso(1))).toBe('on_time');
    expect(lateness(iso(1), iso(1))).toBe('expired');
    expect(lateness(iso(1), null)).toBe('on_time');
  });

  test('waits for the provider only when the work still fits before the deadline', () => {
    const base = { now: iso(0), retryAt: iso(10_000), neededMs: 5_000 };
    expect(waitFor({ ...base, deadline: iso(15_000) }).waitMs).toBe(10_000);
    expect(waitFor({ ...base, deadline: iso(14_999) }).waitMs).toBeNull();
    expect(waitFor({ ...base, deadline: null }).waitMs).toBe(10_000);
    expect(waitFor({ ...base, retryAt: iso(-5), deadline: null }).waitMs).toBe(0);
  });

  test('an attempt may take no longer than the deadline leaves', () => {
    expect(attemptDeadlineMs(iso(0), 60_000, iso(20_000))).toBe(20_000);
    expect(attemptDeadlineMs(iso(0), 60_000, iso(90_000))).toBe(60_000);
    expect(attemptDeadlineMs(iso(0), 60_000, iso(-1))).toBe(0);
    expect(attemptDeadlineMs(iso(0), 60_000, null)).toBe(60_000);
  });

  test('open positions go before held symbols before new ideas, then the nearest deadline', () => {
    const work = (id: string, workClass: QueuedWork['workClass'], deadline: string | null, queuedMs = 0) => ({
      id,
      workClass,
      deadline,
      queuedAt: iso(queuedMs),
    });
    const queue = [
      work('idea-soon', 'new_idea', iso(1)),
      work('held', 'held_symbol', null),
      work('open-late', 'open_position', iso(100)),
      work('open-none', 'open_position', null),
      work('open-none-older', 'open_position', null, -5),
      work('open-soon', 'open_position', iso(50)),
    ];
    expect([...queue].sort(byPriority).map((one) => one.id)).toEqual([
      'open-soon',
      'open-late',
      'open-none-older',
      'open-none',
      'held',
      'idea-soon',
    ]);
    expect(WORK_CLASSES.map(priorityKey)).toEqual([1, 2, 3, 4]);
  });
});

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
