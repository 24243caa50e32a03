// Sizing: less where members disagree, nothing where the edge is below fees, never above a cap.
import fc from 'fast-check';
import { bakerMcHaleFactor, kellyFraction } from '../../domain/ensemble/kelly';
import { pullToPrice, sizePosition } from '../../domain/ensemble/sizing';
import type { EquityTerms, SizingCaps, SizingInput } from '../../domain/ensemble/sizing-input';
import { probabilities } from './arbitraries';

const usd = (dollars: number): number => Math.round(dollars * 1e6);

const CAPS: SizingCaps = {
  positionMicroUsd: usd(1_000_000),
  clusterMicroUsd: usd(1_000_000),
  heldPositionMicroUsd: 0,
  heldClusterMicroUsd: 0,
};

const contract = (more: Partial<SizingInput> = {}): SizingInput => ({
  probability: 0.9,
  memberProbabilities: [0.88, 0.9, 0.91],
  priceOfYes: 0.6,
  terms: { kind: 'prediction_market', fee: 0.01 },
  bankrollMicroUsd: usd(10_000),
  stakeMicroUsd: usd(1_000_000),
  caps: CAPS,
  ...more,
});

const EQUITY: EquityTerms = {
  kind: 'equity',
  fee: 0.001,
  meanUp: 0.03,
  meanDown: 0.03,
  directionEValue: 25,
  paperAccount: false,
  currency: 'USD',
  rate: null,
  asOf: '2025-09-15',
};

const equity = (terms: Partial<EquityTerms> = {}, more: Partial<SizingInput> = {}): SizingInput =>
  contract({ priceOfYes: 0.52, terms: { ...EQUITY, ...terms }, ...more });

const price = fc.double({ min: 0.02, max: 0.98, noNaN: true });
const p01 = fc.double({ min: 0, max: 1, noNaN: true });
const fee = fc.double({ min: 0, max: 0.2, noNaN: true });
const money = fc.nat(usd(5_000));

const anyInput = fc
  .record({
    probability: p01,
    members: probabilities,
    price,
    fee,
    stake: money,
    position: money,
    cluster: money,
    held: money,
    up: fc.double({ min: 0.005, max: 0.1, noNaN: true }),
    isEquity: fc.boolean(),
  })
  .map(
    (c): SizingInput => ({
      probability: c.probability,
      memberProbabilities: c.members,
      priceOfYes: c.price,
      terms: c.isEquity
        ? { ...EQUITY, fee: c.fee / 10, meanUp: c.up }
        : { kind: 'prediction_market', fee: c.fee },
      bankrollMicroUsd: usd(10_000),
      stakeMicroUsd: c.stake,
      caps: {
        positionMicroUsd: c.position,
        clusterMicroUsd: c.cluster,
        heldPositionMicroUsd: c.held,
        heldClusterMicroUsd: c.held,
      },
    }),
  );

describe('A size', () => {
  it('is whole micro-dollars, never above the stake, the cap per position or the cap per cluster', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { sizeMicroUsd, action, why } = sizePosition(input);
        expect(Number.isSafeInteger(sizeMicroUsd)).toBe(true);
        expect(sizeMicroUsd).toBeGreaterThanOrEqual(0);
        expect(sizeMicroUsd).toBeLessThanOrEqual(input.stakeMicroUsd);
        const room = (cap: number, held: number): number => Math.max(0, cap - held);
        expect(sizeMicroUsd).toBeLessThanOrEqual(
          room(input.caps.positionMicroUsd, input.caps.heldPositionMicroUsd),
        );
        expect(sizeMicroUsd).toBeLessThanOrEqual(
          room(input.caps.clusterMicroUsd, input.caps.heldClusterMicroUsd),
        );
        expect(action === 'hold').toBe(sizeMicroUsd === 0);
        expect(why.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('never grows with disagreement', () => {
    const spread = fc.double({ min: 0, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(p01, price, fee, spread, spread, fc.boolean(), (p, market, cost, a, b, isEquity) => {
        const size = (distance: number): number =>
          sizePosition({
            ...(isEquity
              ? equity({ fee: cost / 10 })
              : contract({ terms: { kind: 'prediction_market', fee: cost } })),
            probability: p,
            priceOfYes: market,
            memberProbabilities: [0.5 - distance, 0.5, 0.5 + distance],
          }).sizeMicroUsd;
        expect(size(Math.max(a, b))).toBeLessThanOrEqual(size(Math.min(a, b)));
      }),
      { numRuns: 1000 },
    );
    const far = sizePosition(contract({ memberProbabilities: [0.6, 0.9, 0.99] })).sizeMicroUsd;
    expect(far).toBeLessThan(sizePosition(contract()).sizeMicroUsd);
  });

  it('is smaller where members are missing, and refuses a factor that would make it larger', () => {
    const [full, missing] = [1, 2].map((varianceFactor) => sizePosition(contract({ varianceFactor })));
    expect(missing!.spreadVariance).toBeGreaterThanOrEqual(2 * full!.spreadVariance!);
    expect(missing!.sizeMicroUsd).toBeLessThan(full!.sizeMicroUsd);
    expect(missing!.sizeMicroUsd).toBeGreaterThan(0);
    expect(() => sizePosition(contract({ varianceFactor: 0.5 }))).toThrow(/varianceFactor is 0.5/);
  });

  it('is no larger for two who agree while others are missing than for all who differed a little', () => {
    const all = sizePosition(contract({ memberProbabilities: [0.86, 0.9, 0.94] }));
    const left = { memberProbabilities: [0.9, 0.9], varianceFactor: 1.5 };
    const agreeing = sizePosition(contract(left));
    expect(agreeing.spreadVariance).toBeGreaterThan(0);
    expect(agreeing.sizeMicroUsd).toBeLessThan(all.sizeMicroUsd);
    const past = sizePosition(contract({ ...left, pastSpreadVariance: 0.004 }));
    expect(past.spreadVariance).toBeCloseTo(0.006, 12);
    expect(sizePosition(contract({ memberProbabilities: [0.9, 0.9] })).spreadVariance).toBe(0);
  });

  it('is no larger for two of five who agree than for one alone, whatever the mode', () => {
    const of = (planned: number, ...memberProbabilities: number[]) =>
      sizePosition(contract({ memberProbabilities, membersPlanned: planned }));
    const [alone, two, all] = [of(5, 0.9), of(5, 0.9, 0.9), of(2, 0.9, 0.9)];
    expect(two).toEqual(alone);
    expect(all.spreadVariance).toBe(0);
    // Who differ by more than usual keep what is measured on them.
    expect(of(5, 0.5, 0.99).spreadVariance).toBe(of(2, 0.5, 0.99).spreadVariance);
    expect(() => of(-1, 0.9)).toThrow(/membersPlanned is -1; accepted: a whole number/);
  });

  it('is zero when the edge is below fees', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const sized = sizePosition(input);
        const { terms } = input;
        const worth =
          terms.kind === 'equity'
            ? Math.abs(sized.edge!) * (terms.meanUp + terms.meanDown)
            : Math.abs(sized.edge!);
        if (worth <= terms.fee) expect(sized).toMatchObject({ action: 'hold', sizeMicroUsd: 0 });
      }),
      { numRuns: 1000 },
    );
    const narrow = contract({ probability: 0.62, terms: { kind: 'prediction_market', fee: 0.02 } });
    expect(sizePosition(narrow)).toMatchObject({ action: 'hold', why: ['Edge is below fees'] });
  });

  it('mirrors on the other side of a contract', () => {
    fc.assert(
      fc.property(p01, price, probabilities, (p, market, members) => {
        const yes = sizePosition(
          contract({ probability: p, priceOfYes: market, memberProbabilities: members }),
        );
        const no = sizePosition(
          contract({
            probability: 1 - p,
            priceOfYes: 1 - market,
            memberProbabilities: members.map((m) => 1 - m),
          }),
        );
        const scale = Math.max(1, yes.sizeMicroUsd);
        expect(Math.abs(no.sizeMicroUsd - yes.sizeMicroUsd) / scale).toBeLessThan(1e-6 + 1 / scale);
        if (yes.sizeMicroUsd > 1) expect([yes.action, no.action].sort()).toEqual(['buy', 'sell']);
      }),
    );
  });

  it('does not depend on the order of members', () => {
    const forth = sizePosition(contract({ memberProbabilities: [0.7, 0.9, 0.8] }));
    expect(sizePosition(contract({ memberProbabilities: [0.8, 0.7, 0.9] })).sizeMicroUsd).toBe(
      forth.sizeMicroUsd,
    );
  });

  it('is half Kelly at the pulled probability times the shrinkage', () => {
    const sized = sizePosition(contract());
    const pulled = pullToPrice(0.9, 0.6);
    const kelly = (pulled - 0.61) / (1 - 0.61);
    expect(sized.action).toBe('buy');
    expect(sized.pulledProbability).toBeCloseTo(pulled, 12);
    expect(sized.kelly).toBeCloseTo(kelly, 12);
    const shrink = (pulled - 0.6) ** 2 / ((pulled - 0.6) ** 2 + sized.spreadVariance!);
    expect(sized.sizeMicroUsd).toBe(Math.floor(usd(10_000) * 0.5 * kelly * shrink));
  });

  it('of a lone member rests on past spread, and on a prior without any', () => {
    const alone = (pastSpreadVariance: number | null) =>
      sizePosition(contract({ memberProbabilities: [0.9], pastSpreadVariance }));
    expect(alone(0.01).spreadVariance).toBe(0.01);
    expect(alone(null).spreadVariance).toBeCloseTo((0.25 * 0.08) ** 2 / 0.1, 12);
    expect(alone(0.5).sizeMicroUsd).toBeLessThan(alone(0.01).sizeMicroUsd);
    expect(sizePosition(contract({ memberProbabilities: [] })).spreadVariance).toBe(
      alone(null).spreadVariance,
    );
  });

  it('says what bounds it', () => {
    expect(sizePosition(contract({ stakeMicroUsd: 5 })).why).toEqual(['Bounded by the stake']);
    const caps = { ...CAPS, clusterMicroUsd: 10, heldClusterMicroUsd: 10 };
    expect(sizePosition(contract({ caps }))).toMatchObject({
      action: 'hold',
      why: ['Bounded by the cap per event cluster'],
    });
  });
});

describe('Nothing is sized', () => {
  it.each([
    ['without a decision', { probability: null }, 'No decision to size'],
    ['without a price', { priceOfYes: null }, 'No price to compare with'],
    ['at a settled price', { priceOfYes: 1 }, 'Price leaves nothing to trade'],
    ['without a stake', { stakeMicroUsd: 0 }, 'Bounded by the stake'],
    ['with an empty account', { bankrollMicroUsd: 0 }, 'Size rounds to nothing'],
    ['at the price itself', { probability: 0.5, priceOfYes: 0.5 }, 'No edge against the price'],
  ] as const)('%s', (_, more, why) => {
    expect(sizePosition(contract(more))).toMatchObject({ action: 'hold', sizeMicroUsd: 0, why: [why] });
  });

  it('on an edge that only the clip of a probability would make', () => {
    const outlying = fc.double({ min: 0.0001, max: 0.02, noNaN: true });
    fc.assert(
      fc.property(outlying, outlying, (p, market) => {
        const terms = { kind: 'prediction_market', fee: 0 } as const;
        const { action } = sizePosition(contract({ probability: p, priceOfYes: market, terms }));
        expect(action).not.toBe(p <= market ? 'buy' : 'sell');
        const { pulledProbability } = sizePosition(contract({ probability: p, priceOfYes: market, terms }));
        expect(pulledProbability!).toBeGreaterThanOrEqual(Math.min(p, market) - 1e-12);
        expect(pulledProbability!).toBeLessThanOrEqual(Math.max(p, market) + 1e-12);
      }),
    );
    const sure = contract({
      probability: 0,
      priceOfYes: 0.003,
      terms: { kind: 'prediction_market', fee: 0 },
    });
    expect(sizePosition(sure).action).toBe('hold');
  });
});

describe('Equities', () => {
  it('trade a direction only with an e-value of 20, unless the account is paper', () => {
    expect(sizePosition(equity()).action).toBe('buy');
    expect(sizePosition(equity({ directionEValue: 20 })).action).toBe('buy');
    expect(sizePosition(equity({ directionEValue: 19.99 }))).toMatchObject({
      action: 'hold',
      sizeMicroUsd: 0,
      why: [
        'Size stays 0 until the record shows that directions beat the base rate: evidence 19.9 of 20 needed',
      ],
    });
    expect(sizePosition(equity({ directionEValue: null, directionOutcomes: 1 })).why[0]).toMatch(
      /evidence 1\.0 of 20 needed, from 1 resolved outcome so far$/,
    );
    expect(sizePosition(equity({ directionEValue: null })).sizeMicroUsd).toBe(0);
    expect(sizePosition(equity({ directionEValue: null, paperAccount: true })).action).toBe('buy');
  });

  it('are sold short below the base rate', () => {
    expect(sizePosition(equity({}, { probability: 0.1 })).action).toBe('sell');
  });

  it('take Kelly odds from the mean moves after fees', () => {
    const sized = sizePosition(equity({ meanUp: 0.04, meanDown: 0.02 }));
    const odds = (0.04 - 0.001) / (0.02 + 0.001);
    const p = sized.pulledProbability!;
    expect(sized.kelly).toBeCloseTo(p - (1 - p) / odds, 12);
  });

  it('do not trade the drift alone: the edge itself must pay the fees', () => {
    const drifting = equity({ meanUp: 0.05, meanDown: 0.01 }, { probability: 0.53, priceOfYes: 0.52 });
    expect(sizePosition(drifting)).toMatchObject({ action: 'hold', why: ['Edge is below fees'] });
  });

  it('in another currency need a dated rate', () => {
    expect(sizePosition(equity({ currency: 'GBp' }))).toMatchObject({
      action: 'hold',
      sizeMicroUsd: 0,
      why: ['No dated exchange rate for GBP'],
    });
    const rate = { currency: 'GBP', usdPerUnit: 1.35, date: '2025-09-12', source: 'test' };
    expect(sizePosition(equity({ currency: 'GBp', rate })).action).toBe('buy');
  });

  it('need past moves', () => {
    expect(sizePosition(equity({ meanDown: 0 })).why).toEqual(['No past moves to take odds from']);
  });
});

describe('Bad input', () => {
  it.each([
    [{ probability: 1.2 }, /probability/],
    [{ probability: Number.NaN }, /probability/],
    [{ memberProbabilities: [0.5, Number.NaN] }, /memberProbabilities\[1\]/],
    [{ priceOfYes: -0.1 }, /priceOfYes/],
    [{ stakeMicroUsd: 1.5 }, /stakeMicroUsd/],
    [{ bankrollMicroUsd: -1 }, /bankrollMicroUsd/],
    [{ caps: { ...CAPS, clusterMicroUsd: Number.NaN } }, /caps\.clusterMicroUsd/],
    [{ modelWeight: 2 }, /modelWeight/],
    [{ pastSpreadVariance: -1 }, /pastSpreadVariance/],
    [{ terms: { kind: 'prediction_market', fee: -0.1 } }, /terms\.fee/],
  ] as const)('%j is refused by name', (more, message) => {
    expect(() => sizePosition(contract(more as Partial<SizingInput>))).toThrow(message);
  });
});

describe('The parts of a size', () => {
  it('pull lies between the member side and the price, and is the price at weight 0', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), price, p01, (p, market, weight) => {
        const pulled = pullToPrice(p, market, weight);
        expect(pulled).toBeGreaterThanOrEqual(Math.min(p, market) - 1e-9);
        expect(pulled).toBeLessThanOrEqual(Math.max(p, market) + 1e-9);
        expect(pullToPrice(p, market, 0)).toBeCloseTo(market, 9);
      }),
    );
  });

  it('Kelly grows with p and bets nothing on a fair or losing bet', () => {
    const odds = fc.double({ min: 0.05, max: 20, noNaN: true });
    fc.assert(
      fc.property(p01, p01, odds, (a, b, o) => {
        expect(kellyFraction(Math.max(a, b), o)).toBeGreaterThanOrEqual(kellyFraction(Math.min(a, b), o));
        expect(kellyFraction(1 / (1 + o), o)).toBeCloseTo(0, 9);
      }),
    );
    expect(kellyFraction(0.6, 1)).toBeCloseTo(0.2, 12);
    expect(kellyFraction(0.9, 0)).toBe(0);
  });

  it('shrinkage falls with the variance, rises with the edge, and stays in [0, 1]', () => {
    const edge = fc.double({ min: -1, max: 1, noNaN: true });
    const variance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(edge, variance, variance, (e, a, b) => {
        const at = (v: number): number => bakerMcHaleFactor(e, v);
        expect(at(a)).toBeGreaterThanOrEqual(0);
        expect(at(a)).toBeLessThanOrEqual(1);
        expect(at(Math.max(a, b))).toBeLessThanOrEqual(at(Math.min(a, b)));
      }),
    );
    expect(bakerMcHaleFactor(0, 0)).toBe(0);
    expect(bakerMcHaleFactor(0.1, 0)).toBe(1);
    expect(bakerMcHaleFactor(0.1, 0.01)).toBeCloseTo(0.5, 12);
  });
});
