// Exponential weights learn from losses, treat absence as no news, and stay within floor and cap.
import fc from 'fast-check';
import { type HedgeState, hedgeRate, hedgeUpdate, hedgeWeights, newHedge } from '../../domain/ensemble/hedge';

const loss = fc.double({ min: 0, max: 5.3, noNaN: true });
const round = fc.record({ a: loss, b: loss, c: loss }, { requiredKeys: [] });
const rounds = fc.array(round, { maxLength: 60 });

const play = (history: readonly Record<string, number>[], options = {}): HedgeState =>
  history.reduce<HedgeState>(
    (state, losses) => hedgeUpdate(state, losses, options),
    newHedge(['a', 'b', 'c']),
  );

describe('Hedge', () => {
  it('keeps weights that sum to 1, above 0, and within the bounds to decide with', () => {
    fc.assert(
      fc.property(rounds, (history) => {
        const state = play(history);
        const weights = Object.values(state.weights);
        expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 9);
        expect(Math.min(...weights)).toBeGreaterThan(0);
        for (const weight of Object.values(hedgeWeights(state))) {
          expect(weight).toBeGreaterThanOrEqual(0.5 / 3 - 1e-12);
          expect(weight).toBeLessThanOrEqual(2 / 3 + 1e-12);
        }
        expect(state.outcomes).toBe(history.length);
      }),
    );
  });

  it('without sharing depends only on the sums of losses, not on their order', () => {
    const full = fc.array(fc.record({ a: loss, b: loss, c: loss }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(full, (history) => {
        const forth = play(history, { share: 0 }).weights;
        const back = play([...history].reverse(), { share: 0 }).weights;
        for (const model of ['a', 'b', 'c']) expect(back[model]!).toBeCloseTo(forth[model]!, 9);
      }),
    );
  });

  it('moves weight to the lower loss and leaves equal losses equal', () => {
    const state = play([{ a: 0.1, b: 0.5, c: 0.5 }]);
    expect(state.weights.a!).toBeGreaterThan(state.weights.b!);
    expect(state.weights.b!).toBeCloseTo(state.weights.c!, 12);
  });

  it('lets an absent member keep its share', () => {
    const learnt = play([{ a: 0.1, b: 1, c: 2 }], { share: 0 });
    const after = hedgeUpdate(learnt, { a: 3, b: 0.1 }, { share: 0 });
    expect(after.weights.c!).toBeCloseTo(learnt.weights.c!, 12);
    expect(hedgeUpdate(learnt, {}, { share: 0 }).weights).toEqual(learnt.weights);
  });

  it('with sharing lets a member that has improved come back sooner', () => {
    const bad = new Array(300).fill({ a: 0.1, b: 2, c: 1 });
    const good = new Array(150).fill({ a: 2, b: 0.1, c: 1 });
    const shared = play([...bad, ...good]);
    const stubborn = play([...bad, ...good], { share: 0 });
    expect(shared.weights.b!).toBeGreaterThan(stubborn.weights.b!);
  });

  it('takes in a newcomer at the mean weight', () => {
    const state = hedgeUpdate(newHedge(['a']), { a: 1, b: 1 }, { share: 0 });
    expect(state.weights.a!).toBeCloseTo(0.5, 12);
    expect(state.weights.b!).toBeCloseTo(0.5, 12);
  });

  it('bounds its regret against the best member over its horizon', () => {
    // Worst-case bound range * sqrt(T ln N / 2) for the weighted loss itself (theorem 2.2).
    fc.assert(
      fc.property(
        fc.array(fc.record({ a: loss, b: loss, c: loss }), { minLength: 400, maxLength: 400 }),
        (h) => {
          let state = newHedge(['a', 'b', 'c']);
          let own = 0;
          const totals = { a: 0, b: 0, c: 0 };
          for (const losses of h) {
            for (const model of ['a', 'b', 'c'] as const) {
              own += state.weights[model]! * losses[model];
              totals[model] += losses[model];
            }
            state = hedgeUpdate(state, losses, { share: 0 });
          }
          const bound = 5.3 * Math.sqrt((400 * Math.log(3)) / 2);
          expect(own - Math.min(...Object.values(totals))).toBeLessThanOrEqual(bound);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('does not learn with fewer than two members', () => {
    expect(hedgeRate(0)).toBe(0);
    expect(hedgeRate(1)).toBe(0);
    expect(hedgeUpdate(newHedge(['a']), { a: 2 }).weights).toEqual({ a: 1 });
    expect(hedgeUpdate(newHedge([]), {}).weights).toEqual({});
  });
});
