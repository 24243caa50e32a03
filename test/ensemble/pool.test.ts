// Properties every pool has: symmetry, monotonicity, bounds, indifference to order, n = 0 and n = 1.
import fc from 'fast-check';
import {
  extremizedLogOddsPool,
  linearPool,
  logOddsPool,
  medianPool,
  neymanRoughgardenPool,
  neymanRoughgardenSlope,
  trimmedMeanPool,
} from '../../domain/ensemble/pool';
import { logit } from '../../domain/track/log-odds';
import { keys, probabilities, probability, shuffle, weighted } from './arbitraries';

const POOLS: readonly (readonly [string, (ps: readonly number[]) => number])[] = [
  ['linear', (ps) => linearPool(ps)],
  ['log-odds', (ps) => logOddsPool(ps)],
  ['extremized', (ps) => extremizedLogOddsPool(ps)],
  ['median', medianPool],
  ['trimmed mean', (ps) => trimmedMeanPool(ps)],
  ['Neyman-Roughgarden', neymanRoughgardenPool],
];

describe.each(POOLS)('The %s pool', (name, pool) => {
  it('stays in [0, 1]', () => {
    fc.assert(
      fc.property(probabilities, (ps) => {
        const p = pool(ps);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('turns into its complement when every member does', () => {
    fc.assert(
      fc.property(probabilities, (ps) => {
        expect(pool(ps.map((p) => 1 - p))).toBeCloseTo(1 - pool(ps), 9);
      }),
    );
  });

  it('never falls when a member rises', () => {
    fc.assert(
      fc.property(probabilities, probability, fc.nat(8), (ps, other, index) => {
        const at = index % ps.length;
        const raised = ps.map((p, i) => (i === at ? Math.max(p, other) : p));
        expect(pool(raised)).toBeGreaterThanOrEqual(pool(ps) - 1e-12);
      }),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(probabilities, keys, (ps, order) => {
        expect(pool(shuffle(ps, order))).toBeCloseTo(pool(ps), 12);
      }),
    );
  });

  it('refuses no members at all', () => {
    expect(() => pool([])).toThrow(/at least one/);
  });

  it('keeps a lone member on its side of one half', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), (p) => {
        expect(Math.sign(pool([p]) - 0.5)).toBe(Math.sign(p - 0.5));
        if (name !== 'extremized') expect(pool([p])).toBeCloseTo(p, 9);
      }),
    );
  });
});

describe('Pools with weights', () => {
  it('lie between the lowest and the highest member unless extremized', () => {
    fc.assert(
      fc.property(weighted, (members) => {
        const ps = members.map(([p]) => Math.min(0.99, Math.max(0.01, p)));
        const weights = members.map(([, weight]) => weight);
        for (const pool of [linearPool, logOddsPool]) {
          expect(pool(ps, weights)).toBeGreaterThanOrEqual(Math.min(...ps) - 1e-9);
          expect(pool(ps, weights)).toBeLessThanOrEqual(Math.max(...ps) + 1e-9);
        }
      }),
    );
  });

  it('do not depend on the scale of the weights, and equal weights change nothing', () => {
    fc.assert(
      fc.property(weighted, (members) => {
        const ps = members.map(([p]) => p);
        const weights = members.map(([, weight]) => weight);
        const tenfold = weights.map((weight) => 10 * weight);
        expect(logOddsPool(ps, tenfold)).toBeCloseTo(logOddsPool(ps, weights), 12);
        expect(linearPool(ps, tenfold)).toBeCloseTo(linearPool(ps, weights), 12);
        const same = ps.map(() => 3);
        expect(logOddsPool(ps, same)).toBeCloseTo(logOddsPool(ps), 12);
      }),
    );
  });

  it('ignore a member of weight zero', () => {
    expect(logOddsPool([0.7, 0.1], [1, 0])).toBeCloseTo(0.7, 12);
    expect(linearPool([0.7, 0.1], [2, 0])).toBeCloseTo(0.7, 12);
  });

  it('refuse weights that do not fit', () => {
    expect(() => linearPool([0.2, 0.4], [1])).toThrow(/accepted: 2/);
    expect(() => linearPool([0.2, 0.4], [1, -1])).toThrow(/at least 0/);
    expect(() => linearPool([0.2, 0.4], [1, Number.NaN])).toThrow(/at least 0/);
    expect(() => linearPool([0.2, 0.4], [0, 0])).toThrow(/positive sum/);
  });
});

describe('Extremizing', () => {
  it('multiplies the mean log-odds of clipped members by 1.25', () => {
    fc.assert(
      fc.property(probabilities, (ps) => {
        const mean = ps.reduce((total, p) => total + logit(p), 0) / ps.length;
        expect(logit(extremizedLogOddsPool(ps), 1e-9)).toBeCloseTo(1.25 * mean, 6);
      }),
    );
    expect(extremizedLogOddsPool([0, 0])).toBeCloseTo(1 / (1 + 99 ** 1.25), 12);
  });

  it('with slope 1 is the plain log-odds pool', () => {
    fc.assert(
      fc.property(probabilities, (ps) => {
        expect(extremizedLogOddsPool(ps, { slope: 1 })).toBeCloseTo(logOddsPool(ps), 12);
      }),
    );
  });

  it('by Neyman and Roughgarden starts at 1 and grows towards the square root of 3', () => {
    expect(neymanRoughgardenSlope(1)).toBeCloseTo(1, 12);
    for (let n = 1; n < 60; n += 1) {
      expect(neymanRoughgardenSlope(n + 1)).toBeGreaterThan(neymanRoughgardenSlope(n));
    }
    expect(neymanRoughgardenSlope(1e6)).toBeCloseTo(Math.sqrt(3), 4);
  });
});

describe('Robust pools', () => {
  it('take the middle of an odd and the mean of the middle two of an even number', () => {
    expect(medianPool([0.9, 0.1, 0.3])).toBe(0.3);
    expect(medianPool([0.9, 0.1, 0.3, 0.5])).toBeCloseTo(0.4, 12);
  });

  it('trim one from each end, and never the last member', () => {
    expect(trimmedMeanPool([0, 0.2, 0.4, 1])).toBeCloseTo(0.3, 12);
    expect(trimmedMeanPool([0.1, 0.5])).toBeCloseTo(0.3, 12);
    expect(trimmedMeanPool([0.1, 0.2, 0.9], 5)).toBeCloseTo(0.2, 12);
  });
});
