// Weights from a record favour better members, forget nothing they should keep, and start equal.
import fc from 'fast-check';
import { inverseBrierWeights } from '../../domain/ensemble/earned-weights';
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
