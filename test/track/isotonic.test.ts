// Isotonic fits of ties and weights: rows of one p are one block whatever their order, and weights are outcomes.
import { DEFAULT_HIERARCHY, fitHierarchy, modelCategoryKey } from '../../domain/track/calibrator-fit';
import { fitIsotonic } from '../../domain/track/isotonic';
import type { CalibrationSample } from '../../domain/track/platt';
import { seededRandom } from '../../domain/track/random';
import type { Outcome } from '../../domain/track/scoring';

type Weighted = Required<CalibrationSample>;
type Knots = readonly { readonly p: number; readonly value: number }[];

const sum = (rows: readonly Weighted[], of: (row: Weighted) => number = () => 1): number =>
  rows.reduce((total, row) => total + row.weight * of(row), 0);

/**
 * Isotonic regression by its min-max formula (Robertson, Wright and Dykstra 1988): at level i the largest over
 * s <= i of the least over t >= i of the mean of levels s to t. Levels of one value are a block, shrunk to the
 * diagonal by four rows.
 */
const minMaxKnots = (rows: readonly Weighted[]): Knots => {
  const levels = [...new Set(rows.map(({ p }) => p))].sort((x, y) => x - y);
  const between = (s: number, t: number) => rows.filter(({ p }) => p >= levels[s]! && p <= levels[t]!);
  const meanOf = (some: readonly Weighted[]) => sum(some, ({ y }) => y) / sum(some);
  const values = levels.map((_, i) =>
    Math.max(
      ...levels
        .slice(0, i + 1)
        .map((_s, s) => Math.min(...levels.slice(i).map((_t, t) => meanOf(between(s, i + t))))),
    ),
  );
  let highest = 0;
  return values.flatMap((value, s) => {
    if (s > 0 && value - values[s - 1]! < 1e-12) return [];
    const after = values.findIndex((other, i) => i > s && other - value > 1e-12);
    const block = between(s, after < 0 ? levels.length - 1 : after - 1);
    const p = sum(block, (row) => row.p) / sum(block);
    highest = Math.max(highest, (value * sum(block) + 4 * p) / (sum(block) + 4));
    return [{ p, value: highest }];
  });
};

describe('An isotonic fit', () => {
  it('pools 1,000 rows of one p to one value, whichever outcomes come first', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ p: 0.7, y: (i < 500 ? 0 : 1) as Outcome }));
    for (const ordered of [rows, [...rows].reverse()]) {
      const { knots } = fitIsotonic(ordered);
      expect(knots).toHaveLength(1);
      expect(knots[0]!.p).toBe(0.7);
      expect(knots[0]!.value).toBeCloseTo((500 + 4 * 0.7) / 1004, 12);
    }
  });

  it.each([1, 2, 3, 4])('of tied and weighted rows is the one of the min-max formula (draw %i)', (seed) => {
    const random = seededRandom(seed);
    const rows = Array.from({ length: 1200 }, (): Weighted => {
      const p = 0.05 + Math.floor(12 * random()) / 13;
      return { p, y: random() < 0.3 + p / 3 ? 1 : 0, weight: 1 + random() };
    });
    const expected = minMaxKnots(rows);
    const { knots } = fitIsotonic(rows);
    expect(knots).toHaveLength(expected.length);
    knots.forEach(({ p, value }, i) => {
      expect(Math.abs(p - expected[i]!.p)).toBeLessThan(1e-9);
      expect(Math.abs(value - expected[i]!.value)).toBeLessThan(1e-9);
    });
  });
});

describe('The least number of outcomes of an isotonic fit', () => {
  const rowsOf = (n: number, weight: number) =>
    Array.from({ length: n }, (_, i) => ({
      ...{ model: 'm', category: 'c', p: 0.2 + (i % 7) / 10.5 },
      ...{ y: (i % 3 === 0 ? 1 : 0) as Outcome, weight },
    }));
  const fitted = (n: number, weight: number) =>
    fitHierarchy(rowsOf(n, weight), { ...DEFAULT_HIERARCHY, kind: 'isotonic' }).byModel[
      modelCategoryKey('m', 'c')
    ]!;

  it('counts weights, so that 1,200 rows of an eighth are 150', () => {
    expect(() => fitIsotonic(rowsOf(1200, 1 / 8))).toThrow(
      '150 outcomes; an isotonic fit accepts at least 1000',
    );
    expect(fitted(1200, 1 / 8)).toMatchObject({ n: 1200, outcomes: 150 });
    expect(fitted(1200, 1 / 8).isotonic).toBeUndefined();
  });

  it('is reached by rows whose weights sum to it but for rounding', () => {
    expect(fitIsotonic(rowsOf(3000, 1 / 3)).knots.length).toBeGreaterThan(0);
    expect(fitted(10_000, 1 / 10).isotonic).toBeDefined();
    expect(fitted(2999, 1 / 3).isotonic).toBeUndefined();
  });
});
