// The stake fixes the stage; evidence raises it, budget lowers it, and both say why.
import fc from 'fast-check';
import {
  affordableStage,
  decideEscalation,
  type EscalationInput,
  STAGES,
  stageForStake,
} from '../../domain/ensemble/cascade';
import {
  expectedPositivePart,
  normalTail,
  type TradeTerms,
  valueOfInformation,
} from '../../domain/ensemble/value-of-information';
import { parseUsd } from '../../domain/money/micro-usd';
import { probability } from './arbitraries';

describe('The stage of a stake', () => {
  it.each([
    ['0', 'quick'],
    ['9.999999', 'quick'],
    ['10', 'full'],
    ['50', 'full'],
    ['50.000001', 'enhanced'],
  ])('of $%s is %s', (usd, stage) => {
    expect(stageForStake(parseUsd(usd))).toBe(stage);
  });

  it('never falls when the stake rises', () => {
    fc.assert(
      fc.property(fc.nat(100_000_000), fc.nat(100_000_000), (a, b) => {
        const rank = (stake: number): number => STAGES.indexOf(stageForStake(stake));
        expect(rank(Math.max(a, b))).toBeGreaterThanOrEqual(rank(Math.min(a, b)));
      }),
    );
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %p', (stake) => {
    expect(() => stageForStake(stake)).toThrow(/stake/);
  });
});

describe('The budget', () => {
  const costs = { quick: 1, full: 10, enhanced: 20 };

  it('lowers the stage to what it pays for, and never raises it', () => {
    expect(affordableStage('enhanced', costs, null)).toBe('enhanced');
    expect(affordableStage('enhanced', costs, 31)).toBe('enhanced');
    expect(affordableStage('enhanced', costs, 30)).toBe('full');
    expect(affordableStage('enhanced', costs, 10)).toBe('quick');
    expect(affordableStage('enhanced', costs, 0)).toBe('quick');
    expect(affordableStage('quick', costs, 1000)).toBe('quick');
  });
});

const uncertain: EscalationInput = {
  stage: 'quick',
  uncertainty: 0.3,
  escalateAbove: 0.2,
  probability: 0.52,
  priceOfYes: 0.5,
  stakeMicroUsd: parseUsd('9'),
  extraCostMicroUsd: parseUsd('0.05'),
  budgetLeftMicroUsd: null,
};

describe('Escalation', () => {
  it('happens when u is above the threshold and a better answer is worth its cost', () => {
    const step = decideEscalation(uncertain);
    expect(step).toMatchObject({ escalate: true, stage: 'full' });
    expect(step.valueMicroUsd!).toBeGreaterThan(uncertain.extraCostMicroUsd);
  });

  it('does not happen at or below the threshold', () => {
    expect(decideEscalation({ ...uncertain, uncertainty: 0.2 })).toMatchObject({
      escalate: false,
      stage: 'quick',
    });
  });

  it('does not happen when the better answer costs more than it is worth', () => {
    const dear = decideEscalation({ ...uncertain, extraCostMicroUsd: parseUsd('1') });
    expect(dear).toMatchObject({ escalate: false, why: 'A better answer is worth less than it costs' });
  });

  it('does not happen when the fees of the trade leave too little of the better answer', () => {
    const trade = { fee: 0.01, modelWeight: 0.25 };
    const dear = { ...uncertain, extraCostMicroUsd: parseUsd('0.10') };
    expect(decideEscalation(dear).escalate).toBe(true);
    expect(decideEscalation({ ...dear, trade }).escalate).toBe(false);
    expect(decideEscalation({ ...uncertain, trade }).escalate).toBe(true);
  });

  it('does not happen when the budget does not pay', () => {
    expect(decideEscalation({ ...uncertain, budgetLeftMicroUsd: 1 }).escalate).toBe(false);
  });

  it('goes by u alone when the stake is unknown', () => {
    const step = decideEscalation({ ...uncertain, stakeMicroUsd: null, extraCostMicroUsd: parseUsd('1') });
    expect(step).toMatchObject({ escalate: true, valueMicroUsd: null });
  });

  it('happens for a stage without an answer, and never beyond the last stage', () => {
    expect(decideEscalation({ ...uncertain, uncertainty: null, probability: null }).escalate).toBe(true);
    expect(decideEscalation({ ...uncertain, stage: 'enhanced' })).toMatchObject({
      escalate: false,
      why: 'No stage above',
    });
  });
});

describe('The value of information', () => {
  const std = fc.double({ min: 0, max: 0.4, noNaN: true });

  it('is never negative, grows with the stake and with what there is to learn', () => {
    fc.assert(
      fc.property(probability, probability, std, std, (p, price, a, b) => {
        const at = (revisionStd: number, stakeMicroUsd = 1e6): number =>
          valueOfInformation({ probability: p, priceOfYes: price, stakeMicroUsd, revisionStd });
        expect(at(a)).toBeGreaterThanOrEqual(0);
        expect(at(Math.max(a, b))).toBeGreaterThanOrEqual(at(Math.min(a, b)) - 1);
        expect(at(a, 2e6)).toBeCloseTo(2 * at(a), 3);
      }),
    );
  });

  it('is nothing when nothing can change and most at the price', () => {
    const at = (p: number, revisionStd = 0.08): number =>
      valueOfInformation({ probability: p, priceOfYes: 0.5, stakeMicroUsd: 1e6, revisionStd });
    expect(at(0.5, 0)).toBe(0);
    expect(at(0.5)).toBeGreaterThan(at(0.6));
    expect(at(0.6)).toBeCloseTo(at(0.4), 3);
    expect(at(0.99)).toBeLessThan(1);
  });

  it('is that of the trade there is: at the probability pulled to the price, and after fees', () => {
    const at = (trade?: TradeTerms, probability = 0.5, priceOfYes: number | null = 0.5): number =>
      valueOfInformation({ probability, priceOfYes, stakeMicroUsd: 1e6, ...(trade ? { trade } : {}) }) / 1e6;
    // 2 x .08 x density(0); then with a fee of .01, and with what moves .08 moving the pulled p by .02.
    expect(at()).toBeCloseTo(0.0638, 4);
    expect(at({ fee: 0.01, modelWeight: 1 })).toBeCloseTo(0.0543, 4);
    expect(at({ fee: 0.01, modelWeight: 0.25 })).toBeCloseTo(0.0079, 4);
    // Where the trade is certain anyway there is nothing to learn, and without a price nothing to pull to.
    expect(at({ fee: 0.01, modelWeight: 0.25 }, 0.9)).toBeLessThan(1e-6);
    expect(at({ fee: 0.01, modelWeight: 0.25 }, 0.55, null)).toBe(at(undefined, 0.55, null));
  });

  it('takes even odds where no price is known', () => {
    const known = valueOfInformation({ probability: 0.55, priceOfYes: 0.5, stakeMicroUsd: 1e6 });
    expect(valueOfInformation({ probability: 0.55, priceOfYes: null, stakeMicroUsd: 1e6 })).toBe(known);
  });

  it('rests on the normal loss integral', () => {
    expect(normalTail(0)).toBeCloseTo(0.5, 6);
    expect(normalTail(1.959963985)).toBeCloseTo(0.025, 6);
    expect(normalTail(-1.959963985)).toBeCloseTo(0.975, 6);
    expect(expectedPositivePart(0, 1)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 6);
    expect(expectedPositivePart(-3, 0)).toBe(0);
    expect(expectedPositivePart(2, 0)).toBe(2);
  });
});
