// The cascade's rule: the most uncertain first, never above the budget, and nothing learnt from the future.
import fc from 'fast-check';
import type { BacktestRow } from '../../domain/track/backtest-table';
import {
  CHEAP_MODEL_WEIGHT,
  escalateWithin,
  fitModelWeight,
  type Stages,
  stagedQuestion,
} from '../../domain/track/cascade-stages';
import { chooseCheapStage, MIN_CHOICE_ROWS } from '../../domain/track/cheap-stage';

const row = (more: Partial<BacktestRow>): BacktestRow => ({
  rowId: 'r',
  source: 's',
  baseId: 'b',
  cluster: 's|b',
  question: 's|b|2025-01-01',
  dueDate: '2025-01-01',
  resolutionDate: '2025-01-08',
  y: 1,
  marketPrice: null,
  duePrice: null,
  className: 'market',
  category: 'x',
  p: [0.8, 0.6, 0.7],
  silent: [false, false, false],
  costUsd: [1, 2, Number.NaN],
  ...more,
});
const stages: Stages = {
  cheap: [0],
  full: [0, 1, 2],
  priceAware: true,
  modelWeight: CHEAP_MODEL_WEIGHT,
  meanCost: [1, 2, 3],
  screening: true,
};
const share = fc.double({ min: 0.01, max: 1, noNaN: true });
const priced = fc.record({
  uncertainty: fc.double({ min: 0, max: 0.75, noNaN: true }),
  cheapCost: fc.double({ min: 0, max: 1, noNaN: true }),
  extra: fc.double({ min: 0.01, max: 5, noNaN: true }),
});
const questions = fc
  .array(priced, { maxLength: 40 })
  .map((all) => all.map((each) => ({ ...each, fullCost: each.cheapCost + each.extra })));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('Escalation within a budget', () => {
  it('never spends above it, unless the cheap stage alone does', () => {
    fc.assert(
      fc.property(questions, share, (all, costShare) => {
        const { chosen } = escalateWithin(all, costShare);
        const budget = costShare * sum(all.map((each) => each.fullCost));
        const cheap = sum(all.map((each) => each.cheapCost));
        const spent = sum(all.map((each) => (chosen.has(each) ? each.fullCost : each.cheapCost)));
        expect(spent).toBeLessThanOrEqual(Math.max(budget, cheap) + 1e-9);
      }),
    );
  });

  it('takes the most uncertain first: who is left out is less uncertain or too dear', () => {
    fc.assert(
      fc.property(questions, share, (all, costShare) => {
        const equal = all.map((each) => ({ ...each, cheapCost: 1, fullCost: 3 }));
        const { chosen, threshold } = escalateWithin(equal, costShare);
        for (const each of equal)
          if (!chosen.has(each) && threshold !== null)
            expect(each.uncertainty).toBeLessThanOrEqual(threshold);
      }),
    );
  });

  it('does not depend on the order of questions with different u, and takes all at full cost', () => {
    const all = [0.1, 0.3, 0.2].map((u) => ({ uncertainty: u, cheapCost: 1, fullCost: 4 }));
    const of = (list: typeof all) =>
      [...escalateWithin(list, 0.5).chosen].map((each) => each.uncertainty).sort();
    expect(of(all)).toEqual(of([...all].reverse()));
    expect(of(all)).toEqual([0.3]);
    expect(escalateWithin(all, 1).chosen.size).toBe(3);
    expect(escalateWithin([], 0.3)).toEqual({ chosen: new Set(), threshold: null });
  });
});

describe('The two stages of a question', () => {
  it('let the price speak only where the cheap members saw one', () => {
    const seen = stagedQuestion([row({ marketPrice: 0.2 })], stages)!;
    const blind = stagedQuestion([row({ marketPrice: 0.2 })], { ...stages, priceAware: false })!;
    expect(seen.cheap[0]!).toBeLessThan(blind.cheap[0]!);
    expect(seen.full).toEqual(blind.full);
    expect(stagedQuestion([row({})], stages)!.cheap).toEqual(blind.cheap);
  });

  it('take the largest u over the rows, and the mean cost where none is known', () => {
    const rows = [row({ p: [0.9, 0.6, 0.7] }), row({ p: [0.5, 0.6, 0.7] })];
    const question = stagedQuestion(rows, stages)!;
    expect(question.uncertainty).toBeCloseTo(0.25, 9);
    expect([question.cheapCost, question.fullCost]).toEqual([1, 6]);
  });

  it('are missing where a stage has no answer; a silent half is none', () => {
    expect(stagedQuestion([row({ p: [Number.NaN, 0.6, 0.7] })], stages)).toBeNull();
    const silent = row({ silent: [true, false, false] });
    expect(stagedQuestion([silent], stages)).toBeNull();
    expect(stagedQuestion([silent], { ...stages, screening: false })).not.toBeNull();
  });
});

describe('The weight against the price', () => {
  it('is one half without outcomes and moves to who was right', () => {
    expect(fitModelWeight([], stages)).toBe(CHEAP_MODEL_WEIGHT);
    expect(fitModelWeight([row({})], stages)).toBe(CHEAP_MODEL_WEIGHT);
    const rows = (y: 0 | 1) => Array.from({ length: 200 }, () => row({ y, marketPrice: 0.2 }));
    expect(fitModelWeight(rows(1), stages)).toBeGreaterThan(0.8);
    expect(fitModelWeight(rows(0), stages)).toBeLessThan(0.2);
    expect(fitModelWeight(rows(0), { ...stages, priceAware: false })).toBe(CHEAP_MODEL_WEIGHT);
  });
});

describe('The choice of a cheap stage', () => {
  const input = { full: [0, 1, 2, 3], meanCost: [1, 2, 3, 14], costShare: 0.4, training: [] };

  it('is the cheapest pair that half of the budget pays, without a past', () => {
    expect(chooseCheapStage(input)).toEqual([0, 1]);
    expect(chooseCheapStage({ ...input, costShare: 0.1 })).toEqual([0]);
    expect(chooseCheapStage({ ...input, costShare: 0.01 })).toEqual([0]);
  });

  it('is the pair with the best past gain per dollar once enough has resolved', () => {
    const training = Array.from({ length: MIN_CHOICE_ROWS }, () => row({ p: [0.9, 0.05, 0.9, 0.9] }));
    expect(chooseCheapStage({ ...input, training: training.slice(1) })).toEqual([0, 1]);
    expect(chooseCheapStage({ ...input, training })).toEqual([0, 2]);
  });
});
