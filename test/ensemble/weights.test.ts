// Weights keep their bounds and their order, whoever is absent.
import fc from 'fast-check';
import {
  boundWeights,
  normaliseWeights,
  type Weights,
  weightsOfPresent,
} from '../../domain/ensemble/weights';
import { positive } from './arbitraries';

const raw = fc
  .array(fc.oneof(positive, fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((values) => Object.fromEntries(values.map((value, index) => [`m${index}`, value])));

const total = (weights: Weights): number => Object.values(weights).reduce((sum, weight) => sum + weight, 0);

describe('Bounded weights', () => {
  it('sum to 1 and lie within floor and cap', () => {
    fc.assert(
      fc.property(raw, (weights) => {
        const bounded = boundWeights(weights);
        const n = Object.keys(weights).length;
        expect(total(bounded)).toBeCloseTo(1, 9);
        for (const weight of Object.values(bounded)) {
          expect(weight).toBeGreaterThanOrEqual(0.5 / n - 1e-12);
          expect(weight).toBeLessThanOrEqual(Math.max(1, 2 / n) + 1e-12);
          if (n > 1) expect(weight).toBeLessThanOrEqual(2 / n + 1e-12);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keep the order of members and equal members equal', () => {
    fc.assert(
      fc.property(raw, (weights) => {
        const bounded = boundWeights(weights);
        for (const [a, left] of Object.entries(weights)) {
          for (const [b, right] of Object.entries(weights)) {
            if (left >= right) expect(bounded[a]!).toBeGreaterThanOrEqual(bounded[b]! - 1e-12);
          }
        }
      }),
    );
  });

  it('stay as they are within the bounds, so that bounding twice changes nothing', () => {
    fc.assert(
      fc.property(raw, (weights) => {
        const once = boundWeights(weights);
        const twice = boundWeights(once);
        for (const model of Object.keys(once)) expect(twice[model]!).toBeCloseTo(once[model]!, 9);
      }),
    );
    expect(boundWeights({ a: 0.3, b: 0.7 })).toEqual({ a: 0.3, b: 0.7 });
  });

  it('keep the ratio of members that touch no bound', () => {
    const bounded = boundWeights({ a: 100, b: 3, c: 2, d: 3, e: 2 });
    expect(bounded.a).toBeCloseTo(0.4, 12);
    expect(bounded.b! / bounded.c!).toBeCloseTo(1.5, 9);
  });

  it('give everything to a lone member and nothing to nobody', () => {
    expect(boundWeights({ only: 0.01 })).toEqual({ only: 1 });
    expect(boundWeights({})).toEqual({});
  });

  it('refuse bounds that no weights can keep', () => {
    expect(() => boundWeights({ a: 1 }, { floor: 1.2, cap: 2 })).toThrow(/floor in \[0, 1\]/);
    expect(() => boundWeights({ a: 1 }, { floor: 0.5, cap: 0.9 })).toThrow(/cap >= 1/);
  });
});

describe('Weights of the present', () => {
  it('sum to 1 over exactly those present', () => {
    fc.assert(
      fc.property(raw, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (weights, here) => {
        const present = Object.keys(weights).filter((_, index) => index === 0 || here[index]);
        const shares = weightsOfPresent(weights, present);
        expect(Object.keys(shares)).toEqual(present);
        expect(total(shares)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('are equal until weights are earned', () => {
    expect(weightsOfPresent(null, ['a', 'b'])).toEqual({ a: 0.5, b: 0.5 });
  });

  it('give a newcomer the mean of the known', () => {
    const shares = weightsOfPresent({ a: 0.4, b: 0.6 }, ['a', 'b', 'new']);
    expect(shares.new).toBeCloseTo(1 / 3, 12);
    expect(shares.b! / shares.a!).toBeCloseTo(1.5, 9);
  });

  it('take hand-made ratios as they are when no bounds are wanted', () => {
    expect(weightsOfPresent({ a: 3, b: 0, c: 1 }, ['a', 'b'], null)).toEqual({ a: 1, b: 0 });
  });
});

describe('Normalising', () => {
  it('makes all-zero weights equal', () => {
    expect(normaliseWeights({ a: 0, b: 0 })).toEqual({ a: 0.5, b: 0.5 });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('names the member whose weight is %p', (bad) => {
    expect(() => normaliseWeights({ fine: 1, broken: bad })).toThrow(/"broken"/);
  });
});
