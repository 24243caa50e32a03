// Learnt weights: better members get more under every rule, no rule sees an order or a later outcome, and each works
// through the same record as the default one.
import fc from 'fast-check';
import { fitRecord, learntWeights, type ResolvedForecast, weightsAtWork } from '../../domain/track/record';
import type { Outcome } from '../../domain/track/scoring';
import { fitWeights, WEIGHTINGS } from '../../domain/track/weighting';

const MEMBERS = ['a', 'b', 'c'];
const LEARNING = WEIGHTINGS.filter((rule) => rule !== 'equal');
const BATCH = LEARNING.filter((rule) => rule !== 'exponential');

const rowOf = (p: readonly number[], y: Outcome, index: number): ResolvedForecast => ({
  rowId: `row-${index}`,
  category: 'c',
  cluster: `row-${index}`,
  y,
  weight: 1,
  p,
  shadow: null,
});
const p = fc.double({ min: 0, max: 1, noNaN: true });
const rows = fc
  .array(fc.tuple(fc.tuple(p, p, p), fc.constantFrom<Outcome>(0, 1)), { minLength: 1, maxLength: 40 })
  .map((all) => all.map(([ps, y], index) => rowOf(ps, y, index)));

describe.each(BATCH)('%s weights', (rule) => {
  it('sum to 1 within floor and cap, whatever the order of rows and members', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const weights = fitWeights(rule, all, MEMBERS).c!;
        const turned = all.map((row) => ({ ...row, p: [...row.p].reverse() })).reverse();
        const back = fitWeights(rule, turned, [...MEMBERS].reverse()).c!;
        expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
        for (const member of MEMBERS) {
          expect(weights[member]!).toBeGreaterThanOrEqual(0.5 / 3 - 1e-9);
          expect(weights[member]!).toBeLessThanOrEqual(2 / 3 + 1e-9);
          expect(back[member]!).toBeCloseTo(weights[member]!, 6);
        }
      }),
    );
  });

  it('leave out the rows that a member did not answer', () => {
    const full = [rowOf([0.9, 0.5, 0.2], 1, 0)];
    expect(fitWeights(rule, [...full, rowOf([0.1, Number.NaN, 0.9], 1, 1)], MEMBERS)).toEqual(
      fitWeights(rule, full, MEMBERS),
    );
    expect(fitWeights(rule, [], MEMBERS)).toEqual({});
  });
});

describe('a record', () => {
  const outcomes = Array.from({ length: 200 }, (_, i): ResolvedForecast => {
    const y: Outcome = i % 2 === 0 ? 1 : 0;
    return rowOf([y === 1 ? 0.8 : 0.2, 0.5, y === 1 ? 0.3 : 0.7], y, i);
  });

  it.each(LEARNING)('under %s weights gives the member that knows the most', (weighting) => {
    const record = fitRecord(outcomes, { members: MEMBERS, weighting, evidenceThreshold: 0 });
    const weights = weightsAtWork(record, 'c')!;
    expect(weights.a!).toBeGreaterThan(weights.c!);
    expect(weights.a!).toBeGreaterThan(1 / 3);
  });

  it('under equal weights learns none, and puts none to work without evidence', () => {
    const options = { members: MEMBERS, weighting: 'equal' as const, evidenceThreshold: 0 };
    expect(weightsAtWork(fitRecord(outcomes, options), 'c')).toBeNull();
    const stacked = fitRecord(outcomes, { members: MEMBERS, weighting: 'stacked' });
    expect(learntWeights(stacked, 'c')).not.toBeNull();
    expect(weightsAtWork(stacked, 'c')).toBeNull();
  });
});
