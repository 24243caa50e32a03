import fc from 'fast-check';
import { type DirectionOutcome, directionEValue } from '../../domain/track/direction-evidence';
import { seededRandom } from '../../domain/track/random';

const DAY_MS = 86_400_000;
const instant = (day: number): string => new Date(Date.UTC(2025, 0, 1) + day * DAY_MS).toISOString();

const outcome = (day: number, change: Partial<DirectionOutcome> = {}): DirectionOutcome => ({
  subject: 'equity:AAPL',
  madeAt: instant(day),
  resolvedAt: instant(day + 5),
  probability: 0.8,
  baseRate: 0.5,
  yes: true,
  ...change,
});

const days = (n: number, step: number, change: Partial<DirectionOutcome> = {}) =>
  Array.from({ length: n }, (_, index) => outcome(index * step, change));

describe('evidence of directions', () => {
  test('is null without outcomes, one for a copy of the base rate, and grows with right directions', () => {
    expect(directionEValue([])).toBeNull();
    expect(directionEValue(days(50, 5, { probability: 0.5 }))).toBeCloseTo(1, 12);
    expect(directionEValue(days(40, 5))).toBeGreaterThan(20);
    expect(directionEValue(days(40, 5, { yes: false }))).toBeLessThan(1);
  });

  test('a day counts once, however many symbols move together', () => {
    const herd = days(10, 5).flatMap((row) =>
      Array.from({ length: 30 }, (_, index) => ({ ...row, subject: `equity:S${index}` })),
    );
    expect(directionEValue(herd)).toBeCloseTo(directionEValue(days(10, 5))!, 10);
  });

  test('days whose horizons overlap are averaged, not multiplied', () => {
    const apart = directionEValue(days(8, 5))!;
    const overlapping = directionEValue(days(40, 1))!;
    expect(overlapping).toBeCloseTo(apart, 10);
  });

  test('only the first decision of a symbol on a day counts', () => {
    const again = { ...outcome(0), madeAt: instant(0.3), yes: false };
    expect(directionEValue([again, outcome(0)])).toBe(directionEValue([outcome(0)]));
  });

  test('does not depend on the order of rows and is never negative', () => {
    const row = fc.record({
      day: fc.nat(60),
      symbol: fc.nat(3),
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      baseRate: fc.double({ min: 0, max: 1, noNaN: true }),
      yes: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { maxLength: 30, selector: (x) => `${x.day}|${x.symbol}` }),
        (given) => {
          const rows = given.map(({ day, symbol, ...rest }) =>
            outcome(day, { ...rest, subject: `equity:S${symbol}` }),
          );
          const e = directionEValue(rows);
          expect(directionEValue([...rows].reverse())).toBe(e);
          if (e !== null) expect(e).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test('directions without skill reach 20 in at most one of twenty records', () => {
    const random = seededRandom(7);
    let reached = 0;
    for (let record = 0; record < 400; record += 1) {
      const rows: DirectionOutcome[] = [];
      let best = 0;
      for (let day = 0; day < 200; day += 5) {
        rows.push(outcome(day, { probability: random() < 0.5 ? 0.6 : 0.4, yes: random() < 0.5 }));
        best = Math.max(best, directionEValue(rows)!);
      }
      if (best >= 20) reached += 1;
    }
    expect(reached).toBeLessThanOrEqual(20);
  });
});
