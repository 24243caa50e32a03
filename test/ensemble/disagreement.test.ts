// Disagreement is zero in agreement, bounded, indifferent to order and to the name of yes.
import fc from 'fast-check';
import {
  effectiveMembers,
  jensenShannon,
  maxUncertainty,
  measureDisagreement,
  spreadVariance,
  stdOfProbabilities,
  uncertainty,
} from '../../domain/ensemble/disagreement';
import { moderate } from '../../domain/ensemble/moderation';
import { errorCorrelation } from '../../domain/track/error-correlation';
import { randomNormal, seededRandom } from '../../domain/track/random';
import { keys, probabilities, probability, shuffle } from './arbitraries';

const several = fc.array(probability, { minLength: 2, maxLength: 9 });

describe.each([
  ['The standard deviation of p', stdOfProbabilities, 0.5],
  ['Jensen-Shannon divergence', jensenShannon, Math.LN2],
] as const)('%s', (_, measure, largest) => {
  it('is 0 for none, one, and members that agree', () => {
    expect(measure([])).toBe(0);
    fc.assert(
      fc.property(probability, fc.integer({ min: 1, max: 6 }), (p, n) => {
        expect(measure(new Array(n).fill(p))).toBeCloseTo(0, 9);
      }),
    );
  });

  it('is largest for yes against no', () => {
    expect(measure([0, 1])).toBeCloseTo(largest, 12);
    fc.assert(
      fc.property(probabilities, (ps) => {
        expect(measure(ps)).toBeGreaterThanOrEqual(0);
        expect(measure(ps)).toBeLessThanOrEqual(largest + 1e-12);
      }),
    );
  });

  it('depends neither on order nor on which outcome is called yes', () => {
    fc.assert(
      fc.property(several, keys, (ps, order) => {
        expect(measure(shuffle(ps, order))).toBeCloseTo(measure(ps), 9);
        expect(measure(ps.map((p) => 1 - p))).toBeCloseTo(measure(ps), 9);
      }),
    );
  });

  it('does not shrink when two members move apart', () => {
    const half = fc.double({ min: 0, max: 0.25, noNaN: true });
    fc.assert(
      fc.property(half, half, (a, b) => {
        const [near, far] = [Math.min(a, b), Math.max(a, b)];
        expect(measure([0.5 - far, 0.5 + far])).toBeGreaterThanOrEqual(
          measure([0.5 - near, 0.5 + near]) - 1e-12,
        );
      }),
    );
  });
});

describe('Uncertainty u', () => {
  it('is the aggregate variance plus the spread of p', () => {
    expect(uncertainty(0.5, [0.4, 0.6])).toBeCloseTo(0.25 + 0.1, 12);
    expect(uncertainty(1, [1])).toBe(0);
  });

  it('of several horizons is the largest, and 0 of none', () => {
    expect(maxUncertainty([0.1, 0.3, 0.2])).toBe(0.3);
    expect(maxUncertainty([])).toBe(0);
  });
});

describe('The spread variance', () => {
  it('is the stated formula', () => {
    // s^2 = .02 of .4 and .6, n = 2: .0625 * .02 * 1.9 / .2
    expect(spreadVariance([0.4, 0.6])).toBeCloseTo((0.0625 * 0.02 * 1.9) / 0.2, 12);
  });

  it('says nothing of fewer than two members', () => {
    expect(spreadVariance([])).toBeNull();
    expect(spreadVariance([0.3])).toBeNull();
  });

  it('grows with the correlation and with the weight of the members', () => {
    const rho = fc.double({ min: 0, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(several, rho, rho, (ps, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const at = (correlation: number): number => spreadVariance(ps, { correlation })!;
        expect(at(high)).toBeGreaterThanOrEqual(at(low) - 1e-15);
        expect(spreadVariance(ps, { modelWeight: 1 })!).toBeCloseTo(16 * spreadVariance(ps)!, 9);
      }),
    );
  });

  it('refuses a correlation of 1', () => {
    expect(() => spreadVariance([0.1, 0.2], { correlation: 1 })).toThrow(/below 1/);
  });

  it('estimates the variance of the mean of members with correlated errors', () => {
    const random = seededRandom(7);
    const normal = (): number => randomNormal(random);
    const [rho, n, runs] = [0.9, 5, 20_000];
    let estimated = 0;
    let actual = 0;
    for (let run = 0; run < runs; run += 1) {
      const common = Math.sqrt(rho) * normal();
      const errors = Array.from({ length: n }, () => 0.05 * (common + Math.sqrt(1 - rho) * normal()));
      estimated += spreadVariance(
        errors.map((error) => 0.5 + error),
        { modelWeight: 1 },
      )!;
      actual += (errors.reduce((total, error) => total + error, 0) / n) ** 2;
    }
    expect(estimated / actual).toBeGreaterThan(0.95);
    expect(estimated / actual).toBeLessThan(1.05);
  });
});

describe('Members worth', () => {
  it('counts five members that correlate .9 as about one', () => {
    expect(effectiveMembers(5)).toBeCloseTo(1.087, 3);
    expect(effectiveMembers(0)).toBe(0);
    expect(effectiveMembers(1)).toBe(1);
  });

  it('measures the correlation of errors that share a part', () => {
    const random = seededRandom(9);
    const noise = (): number => random() - 0.5;
    const rows = Array.from({ length: 4000 }, () => {
      const shared = noise();
      return { p: [0, 1, 2].map(() => 0.5 + (shared + noise()) / 4), y: 0 as const };
    });
    expect(errorCorrelation(rows, 3)!).toBeCloseTo(0.5, 1);
    expect(errorCorrelation(rows.slice(0, 2), 3)).toBeNull();
    expect(errorCorrelation([{ p: [0.1, Number.NaN], y: 0 }, ...rows.slice(0, 2)], 2)).toBeNull();
  });
});

describe('Moderation', () => {
  it('never adds confidence, never changes sides, and leaves agreement alone', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), probabilities, (p, ps) => {
        const moderated = moderate(p, ps);
        expect(Math.abs(moderated - 0.5)).toBeLessThanOrEqual(Math.abs(p - 0.5) + 1e-12);
        expect((moderated - 0.5) * (p - 0.5)).toBeGreaterThanOrEqual(0);
        expect(moderate(p, [p, p, p])).toBeCloseTo(p, 9);
        expect(moderate(1 - p, ps)).toBeCloseTo(1 - moderated, 9);
      }),
    );
  });
});

describe('All measures together', () => {
  it('are absent without answers and complete with one', () => {
    expect(measureDisagreement(0.5, [])).toBeNull();
    expect(measureDisagreement(0.3, [0.3])).toEqual({
      members: 1,
      stdOfP: 0,
      jensenShannon: 0,
      uncertainty: 0.3 * 0.7,
      spreadVariance: null,
    });
  });
});
