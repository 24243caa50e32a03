// Properties of scores, calibration and contributions that hold for every input.
import fc from 'fast-check';
import { areaUnderCurve } from '../../domain/track/auc';
import { calibrationError } from '../../domain/track/calibration-error';
import { DEFAULT_HIERARCHY, fitHierarchy, modelCategoryKey } from '../../domain/track/calibrator-fit';
import { clusterResamples, percentileInterval } from '../../domain/track/cluster-bootstrap';
import { applyIsotonic, fitIsotonic, MIN_ISOTONIC_OUTCOMES } from '../../domain/track/isotonic';
import { logit } from '../../domain/track/log-odds';
import { murphyDecomposition } from '../../domain/track/murphy';
import {
  applyPlatt,
  type CalibrationSample,
  fitPlatt,
  MIN_UNSHRUNK_OUTCOMES,
  PLATT_PRIOR,
  type PlattParameters,
} from '../../domain/track/platt';
import { attributeProfit } from '../../domain/track/profit-attribution';
import { seededRandom } from '../../domain/track/random';
import { spearman } from '../../domain/track/rank-correlation';
import { brier, hit, logLoss, meanOfClasses, type Outcome, summarise } from '../../domain/track/scoring';
import { exactShapley, poolValue, sampledShapley } from '../../domain/track/shapley';
import { fitTemperature } from '../../domain/track/temperature';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const outcome = fc.constantFrom<Outcome>(0, 1);
const scored = fc.record({ p: probability, y: outcome });
const scoredRows = fc.array(scored, { minLength: 1, maxLength: 80 });

describe('scores', () => {
  it('are bounded, and symmetric in yes and no', () => {
    fc.assert(
      fc.property(probability, outcome, (p, y) => {
        const other = (1 - y) as Outcome;
        expect(brier(p, y)).toBeGreaterThanOrEqual(0);
        expect(brier(p, y)).toBeLessThanOrEqual(1);
        expect(logLoss(p, y)).toBeLessThanOrEqual(-Math.log(0.005) + 1e-12);
        expect(brier(1 - p, other)).toBeCloseTo(brier(p, y), 12);
        expect(logLoss(1 - p, other)).toBeCloseTo(logLoss(p, y), 9);
        expect([0, 0.5, 1]).toContain(hit(p, y));
      }),
    );
  });

  it('are nulls of nothing', () => {
    expect(summarise([])).toEqual({ n: 0, brier: null, logLoss: null, hitRate: null });
    expect(meanOfClasses({ market: null })).toBeNull();
    expect(murphyDecomposition([])).toBeNull();
    expect(calibrationError([])).toBeNull();
  });

  it('decompose into parts that add up', () => {
    fc.assert(
      fc.property(scoredRows, (rows) => {
        const parts = murphyDecomposition(rows)!;
        const sum = parts.reliability - parts.resolution + parts.uncertainty + parts.withinBin;
        expect(sum).toBeCloseTo(summarise(rows).brier!, 10);
        expect(parts.resolution).toBeLessThanOrEqual(parts.uncertainty + 1e-12);
      }),
    );
  });

  it('find a calibrated forecaster no worse than its noise floor', () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 5000 }, () => {
      const p = random();
      return { p, y: (random() < p ? 1 : 0) as Outcome };
    });
    const error = calibrationError(rows)!;
    expect(error.ece).toBeLessThan(2.5 * error.noiseFloor);
    expect(error.debiased).toBeLessThan(0.02);
    const biased = calibrationError(rows.map(({ p, y }) => ({ p: Math.min(1, p + 0.2), y })))!;
    expect(biased.debiased).toBeGreaterThan(0.1);
  });
});

describe('calibrators', () => {
  it('keep order and stay inside (0, 1), with 0, 1 or many outcomes', () => {
    fc.assert(
      fc.property(fc.array(scored, { maxLength: 60 }), probability, probability, (rows, p, q) => {
        const fit = fitPlatt(rows);
        const [low, high] = p < q ? [p, q] : [q, p];
        expect(fit.a).toBeGreaterThan(0);
        expect(applyPlatt(fit, low)).toBeLessThanOrEqual(applyPlatt(fit, high));
        expect(applyPlatt(fit, low)).toBeGreaterThan(0);
        expect(applyPlatt(fit, high)).toBeLessThan(1);
      }),
    );
    expect(fitPlatt([]).a).toBeCloseTo(1, 12);
    expect(fitTemperature([])).toBeCloseTo(1, 12);
  });

  /** Derivatives of the negative log posterior by log a and b: both 0 at its least. */
  const slopesAt = ({ a, b }: PlattParameters, rows: readonly CalibrationSample[]): readonly number[] => {
    const errors = rows.map(({ p, y }) => ({ x: logit(p), error: applyPlatt({ a, b }, p) - y }));
    const { meanLogA, sdLogA, meanB, sdB } = PLATT_PRIOR;
    return [
      errors.reduce((sum, { x, error }) => sum + error * a * x, (Math.log(a) - meanLogA) / sdLogA ** 2),
      errors.reduce((sum, { error }) => sum + error, (b - meanB) / sdB ** 2),
    ];
  };

  it('are the most probable ones, also of a member that is sure and wrong', () => {
    const sureAndWrong = Array.from({ length: 50 }, (_, i): CalibrationSample => {
      const isRight = i % 5 === 0;
      return { p: i % 2 === 0 ? 0.12 : 0.88, y: (i % 2 === 0) === isRight ? 0 : 1 };
    });
    for (const slope of slopesAt(fitPlatt(sureAndWrong), sureAndWrong)) expect(slope).toBeCloseTo(0, 6);
    const sureRows = fc.array(fc.record({ p: fc.constantFrom(0.03, 0.12, 0.4, 0.88, 0.97), y: outcome }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.oneof(scoredRows, sureRows), (rows) => {
        for (const slope of slopesAt(fitPlatt(rows), rows)) expect(slope).toBeCloseTo(0, 6);
      }),
      { numRuns: 500 },
    );
  });

  it('do not depend on the order of outcomes', () => {
    fc.assert(
      fc.property(fc.array(scored, { maxLength: 40 }), (rows) => {
        expect(fitPlatt([...rows].reverse()).a).toBeCloseTo(fitPlatt(rows).a, 8);
      }),
    );
  });

  it('stay nearer to the category than a fit of their own, and learn the rate behind exact halves', () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      model: i < 390 ? 'old' : 'new',
      category: 'c',
      p: i % 4 === 0 ? 0.5 : 0.8,
      y: (i % 10 === 0 ? 1 : 0) as Outcome,
    }));
    const fit = fitHierarchy(rows);
    const fresh = fit.byModel[modelCategoryKey('new', 'c')]!;
    expect(Math.abs(fresh.platt.b - fit.byCategory.c!.b)).toBeLessThan(0.25);
    expect(fit.byModel[modelCategoryKey('old', 'c')]!.half).toBeLessThan(0.3);
  });

  it('never go without a prior below 300 outcomes', () => {
    const flat = { meanLogA: 0, sdLogA: 10, meanB: 0, sdB: 10 };
    fc.assert(
      fc.property(fc.array(scored, { maxLength: MIN_UNSHRUNK_OUTCOMES - 1 }), (rows) => {
        expect(() => fitPlatt(rows, flat)).toThrow(/accepted: at least 300/);
      }),
    );
    const enough = Array.from({ length: 300 }, (_, i) => ({ p: 0.3, y: (i % 2) as Outcome }));
    expect(fitPlatt(enough, flat).a).toBeGreaterThan(0);
  });

  it('are isotonic only with ample outcomes, and then rise', () => {
    expect(() => fitIsotonic([{ p: 0.5, y: 1 }])).toThrow(/at least 1000/);
    const random = seededRandom(4);
    const rows = Array.from({ length: MIN_ISOTONIC_OUTCOMES }, () => {
      const p = random();
      return { p, y: (random() < p * p ? 1 : 0) as Outcome };
    });
    const fit = fitIsotonic(rows);
    const values = Array.from({ length: 101 }, (_, i) => applyIsotonic(fit, i / 100));
    values.slice(1).forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(values[i]! - 1e-12);
    });
    expect(applyIsotonic(fit, 0.5)).toBeLessThan(0.4);
  });

  it('are of the kind asked for, isotonic falling back to the very same Platt fit on few outcomes', () => {
    const rows = Array.from({ length: MIN_ISOTONIC_OUTCOMES }, (_, i) => ({
      model: 'm',
      category: 'c',
      p: 0.6 + (i % 10) / 50,
      y: (i % 3 === 0 ? 1 : 0) as Outcome,
    }));
    const fitted = (kind: 'platt' | 'temperature' | 'isotonic', n: number) =>
      fitHierarchy(rows.slice(0, n), { ...DEFAULT_HIERARCHY, kind }).byModel[modelCategoryKey('m', 'c')]!;
    expect(fitted('isotonic', 999)).toEqual(fitted('platt', 999));
    expect(fitted('isotonic', 1000).isotonic!.knots.length).toBeGreaterThan(0);
    expect(fitted('temperature', 999).platt.b).toBe(0);
    expect(fitted('temperature', 999).platt.a).toBeLessThan(1);
  });
});

describe('contributions', () => {
  const poolRow = fc.record({
    className: fc.constantFrom('market', 'dataset'),
    y: outcome,
    p: fc.array(fc.option(probability, { nil: null }), { minLength: 4, maxLength: 4 }),
  });
  const rowsOf = fc.array(poolRow, { minLength: 1, maxLength: 12 });

  it('add up to the gain over one half, whoever is missing', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const value = poolValue(rows, 4);
        const total = exactShapley(value, 4).reduce((sum, part) => sum + part, 0);
        expect(total).toBeCloseTo(value(15) - value(0), 10);
        expect(value(0)).toBeCloseTo(-0.25, 12);
      }),
    );
  });

  it('are equal for equal members and follow a member to its new place', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const doubled = rows.map((row) => ({ ...row, p: [row.p[0]!, row.p[0]!, row.p[2]!, row.p[3]!] }));
        const parts = exactShapley(poolValue(doubled, 4), 4);
        expect(parts[0]).toBeCloseTo(parts[1]!, 10);
        const turned = rows.map((row) => ({ ...row, p: [...row.p].reverse() }));
        const straight = exactShapley(poolValue(rows, 4), 4);
        const back = [...exactShapley(poolValue(turned, 4), 4)].reverse();
        straight.forEach((part, m) => {
          expect(back[m]).toBeCloseTo(part, 10);
        });
      }),
    );
  });

  it('are near the exact ones when sampled, and refuse to be exact above twelve', () => {
    const random = seededRandom(8);
    const rows = Array.from({ length: 50 }, () => ({
      className: 'market',
      y: (random() < 0.4 ? 1 : 0) as Outcome,
      p: [random(), random(), random(), random()],
    }));
    const value = poolValue(rows, 4);
    const exact = exactShapley(value, 4);
    sampledShapley(value, 4, { orders: 3000, seed: 2 }).forEach((part, m) => {
      expect(Math.abs(part.value - exact[m]!)).toBeLessThan(5 * part.standardError + 1e-9);
    });
    expect(() => exactShapley(value, 13)).toThrow(/at most 12/);
  });

  it('share out a profit completely', () => {
    const member = fc.record({
      member: fc.uuid(),
      p: probability,
      weight: fc.double({ min: 0.1, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { selector: (m) => m.member, minLength: 1 }),
        probability,
        (members, price) => {
          const shares = attributeProfit({ profitMicroUsd: 1_000_000, side: 1, price, members });
          expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1_000_000, 2);
        },
      ),
    );
    const weightless = ['a', 'b'].map((name) => ({ member: name, p: 0.7, weight: 0 }));
    const decision = { profitMicroUsd: 1_000, side: 1, price: 0.5, members: weightless } as const;
    expect(attributeProfit(decision)).toEqual({ a: 500, b: 500 });
  });
});

describe('resampling and ranks', () => {
  it('gives the same interval for the same seed, around the estimate', () => {
    const clusters = Array.from({ length: 40 }, (_, i) => ({ className: 'a', n: 2, sums: [i % 7] }));
    const draw = () => clusterResamples(clusters, { resamples: 200, seed: 9 }).map((sample) => sample[0]!);
    const [estimate, low, high] = percentileInterval(1.45, draw());
    expect(draw()).toEqual(draw());
    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
  });

  it('ranks monotone pairs at rho 1 and AUC 1, and constants not at all', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 3, maxLength: 40 }), (values) => {
        expect(
          spearman(
            values,
            values.map((value) => 2 * value + 1),
          ),
        ).toBeCloseTo(1, 10);
      }),
    );
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(areaUnderCurve([{ value: 1, positive: true }])).toBeNull();
    expect(
      areaUnderCurve([
        { value: 2, positive: true },
        { value: 1, positive: false },
      ]),
    ).toBe(1);
  });
});
