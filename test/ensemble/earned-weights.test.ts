// Weights from a record favour better members, forget nothing they should keep, and start equal.
import fc from 'fast-check';
import {
  boundNegative,
  contributionWeights,
  inverseBrierWeights,
  ridgeToEqualWeights,
  type StackingRow,
} from '../../domain/ensemble/earned-weights';
import { solveLinear } from '../../domain/ensemble/linear-system';
import { seededRandom } from '../../domain/track/random';
import { probability } from './arbitraries';

const briers = fc
  .array(probability, { minLength: 1, maxLength: 8 })
  .map((values) => Object.fromEntries(values.map((value, index) => [`m${index}`, value])));

describe('Inverse-Brier weights', () => {
  it('sum to 1 and rank members by their score', () => {
    fc.assert(
      fc.property(briers, fc.nat(500), (scores, outcomes) => {
        const weights = inverseBrierWeights(scores, outcomes);
        expect(Object.values(weights).reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 9);
        for (const a of Object.keys(scores)) {
          for (const b of Object.keys(scores)) {
            if (scores[a]! <= scores[b]!) expect(weights[a]!).toBeGreaterThanOrEqual(weights[b]! - 1e-12);
          }
        }
      }),
    );
  });

  it('are equal without outcomes and for a lone member', () => {
    expect(inverseBrierWeights({ a: 0.1, b: 0.2 }, 0)).toEqual({ a: 0.5, b: 0.5 });
    expect(inverseBrierWeights({ a: 0.1, b: 0.2 }, 0, { shrinkOutcomes: 0 })).toEqual({ a: 0.5, b: 0.5 });
    expect(inverseBrierWeights({ a: 0.7 }, 10)).toEqual({ a: 1 });
    expect(inverseBrierWeights({}, 10)).toEqual({});
  });

  it('are less even the more outcomes they rest on', () => {
    const few = inverseBrierWeights({ a: 0.1, b: 0.2 }, 5);
    const many = inverseBrierWeights({ a: 0.1, b: 0.2 }, 500);
    expect(many.a!).toBeGreaterThan(few.a!);
  });
});

describe('Contribution weights', () => {
  it('leave out members that did not help and share by gain among the rest', () => {
    expect(contributionWeights({ a: 0.003, b: -0.002, c: 0.001 })).toEqual({ a: 0.75, b: 0, c: 0.25 });
  });

  it('are equal when nobody helped', () => {
    expect(contributionWeights({ a: -1, b: 0 })).toEqual({ a: 0.5, b: 0.5 });
  });

  it('name the member without a number', () => {
    expect(() => contributionWeights({ a: 1, b: Number.NaN })).toThrow(/"b"/);
  });
});

describe('Stacking shrunk to equal', () => {
  const informed = (n: number): readonly StackingRow[] => {
    const random = seededRandom(3);
    return Array.from({ length: n }, () => {
      const truth = random();
      const outcome = random() < truth ? 1 : 0;
      return { probabilities: { good: truth, noise: random() }, outcome };
    });
  };

  it('is equal without rows and under a heavy penalty', () => {
    expect(ridgeToEqualWeights(['a', 'b'], [])).toEqual({ a: 0.5, b: 0.5 });
    expect(ridgeToEqualWeights(['good', 'noise'], informed(200), 1e9).good!).toBeCloseTo(0.5, 5);
    expect(ridgeToEqualWeights([], [])).toEqual({});
    expect(ridgeToEqualWeights(['a'], [{ probabilities: { a: 0.3 }, outcome: 1 }]).a!).toBeCloseTo(1, 12);
  });

  it('finds the member that knows, sums to 1, and does so more surely with more rows', () => {
    const few = ridgeToEqualWeights(['good', 'noise'], informed(20));
    const many = ridgeToEqualWeights(['good', 'noise'], informed(2000));
    expect(many.good! + many.noise!).toBeCloseTo(1, 9);
    expect(many.good!).toBeGreaterThan(0.9);
    expect(many.good!).toBeGreaterThan(few.good!);
    expect(few.good!).toBeGreaterThan(0.5);
  });

  it('does not depend on the order of members', () => {
    const forth = ridgeToEqualWeights(['good', 'noise'], informed(50));
    const back = ridgeToEqualWeights(['noise', 'good'], informed(50));
    expect(back.good!).toBeCloseTo(forth.good!, 9);
  });

  it('minimises its own penalised loss', () => {
    const rows = informed(40);
    const loss = (w: number): number =>
      rows.reduce(
        (total, { probabilities, outcome }) =>
          total + (outcome - w * probabilities.good! - (1 - w) * probabilities.noise!) ** 2,
        20 * 2 * (w - 0.5) ** 2,
      );
    const best = ridgeToEqualWeights(['good', 'noise'], rows).good!;
    fc.assert(
      fc.property(fc.double({ min: -2, max: 3, noNaN: true }), (other) => {
        expect(loss(other)).toBeGreaterThanOrEqual(loss(best) - 1e-9);
      }),
    );
  });

  it('refuses a row that lacks a member', () => {
    expect(() => ridgeToEqualWeights(['a', 'b'], [{ probabilities: { a: 0.3 }, outcome: 1 }])).toThrow(/"b"/);
    expect(() => ridgeToEqualWeights(['a'], [], 0)).toThrow(/above 0/);
  });

  it('drops negative weights before use', () => {
    expect(boundNegative({ a: 1.5, b: -0.5 })).toEqual({ a: 1, b: 0 });
  });
});

describe('Linear systems', () => {
  it('are solved exactly, pivots on the diagonal or not', () => {
    expect(
      solveLinear(
        [
          [0, 2],
          [1, 1],
        ],
        [4, 3],
      ),
    ).toEqual([1, 2]);
    expect(() =>
      solveLinear(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 2],
      ),
    ).toThrow(/singular/);
  });
});
