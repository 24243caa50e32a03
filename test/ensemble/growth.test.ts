// Log growth of sized contracts, and that sizing as stated does not lose what raw full Kelly loses.
import fc from 'fast-check';
import { contractLogGrowth, meanGrowth, type SettledContract } from '../../domain/ensemble/growth';
import { kellyFraction } from '../../domain/ensemble/kelly';
import { sizePosition } from '../../domain/ensemble/sizing';
import { logit, sigmoid } from '../../domain/track/log-odds';
import { randomNormal, seededRandom } from '../../domain/track/random';

const settled = (more: Partial<SettledContract>): SettledContract => ({
  action: 'buy',
  sizeMicroUsd: 100,
  bankrollMicroUsd: 1000,
  priceOfYes: 0.4,
  fee: 0,
  outcome: 1,
  ...more,
});

describe('Log growth', () => {
  it('of a won position pays one over its cost, of a lost one takes the position', () => {
    expect(contractLogGrowth(settled({}))).toBeCloseTo(Math.log(1 + 0.1 * 1.5), 12);
    expect(contractLogGrowth(settled({ outcome: 0 }))).toBeCloseTo(Math.log(0.9), 12);
    expect(contractLogGrowth(settled({ action: 'sell', outcome: 0 }))).toBeCloseTo(
      Math.log(1 + 0.1 / 0.6 - 0.1),
      12,
    );
  });

  it('falls with the fee and is 0 when held', () => {
    expect(contractLogGrowth(settled({ fee: 0.02 }))).toBeLessThan(contractLogGrowth(settled({})));
    expect(contractLogGrowth(settled({ action: 'hold' }))).toBe(0);
  });

  it('mirrors yes and no', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), fc.boolean(), (priceOfYes, up) => {
        const yes = contractLogGrowth(settled({ priceOfYes, outcome: up ? 1 : 0 }));
        const no = contractLogGrowth(
          settled({ action: 'sell', priceOfYes: 1 - priceOfYes, outcome: up ? 0 : 1 }),
        );
        expect(no).toBeCloseTo(yes, 9);
      }),
    );
  });

  it('refuses a position as large as the bankroll', () => {
    expect(() => contractLogGrowth(settled({ sizeMicroUsd: 1000 }))).toThrow(/bankroll/);
  });

  it('has a mean of none, one and several', () => {
    expect(meanGrowth([])).toEqual({ n: 0, mean: null, standardError: null });
    expect(meanGrowth([0.1])).toEqual({ n: 1, mean: 0.1, standardError: null });
    expect(meanGrowth([0, 0.2]).standardError!).toBeCloseTo(0.1, 12);
  });
});

describe('Sizing against a market that knows more than the members', () => {
  it('loses far less than full Kelly on raw probabilities', () => {
    const random = seededRandom(11);
    const bankroll = 1_000_000_000;
    const cap = {
      positionMicroUsd: bankroll,
      clusterMicroUsd: bankroll,
      heldPositionMicroUsd: 0,
      heldClusterMicroUsd: 0,
    };
    const ours: number[] = [];
    const raw: number[] = [];
    for (let i = 0; i < 2000; i += 1) {
      const truth = 0.05 + 0.9 * random();
      const noisy = (std: number): number => sigmoid(logit(truth) + std * randomNormal(random));
      const [priceOfYes, centre] = [noisy(0.2), noisy(0.8)];
      const members = [0, 1, 2].map(() => sigmoid(logit(centre) + 0.25 * randomNormal(random)));
      const outcome = random() < truth ? 1 : 0;
      const base = { bankrollMicroUsd: bankroll, priceOfYes, fee: 0.01, outcome } as const;
      const sized = sizePosition({
        probability: centre,
        memberProbabilities: members,
        priceOfYes,
        terms: { kind: 'prediction_market', fee: 0.01 },
        bankrollMicroUsd: bankroll,
        stakeMicroUsd: bankroll,
        caps: cap,
      });
      ours.push(contractLogGrowth({ ...base, action: sized.action, sizeMicroUsd: sized.sizeMicroUsd }));
      const yes = centre > priceOfYes;
      const [p, cost] = yes ? [centre, priceOfYes + 0.01] : [1 - centre, 1.01 - priceOfYes];
      const fraction = cost < 1 ? Math.min(0.99, kellyFraction(p, 1 / cost - 1)) : 0;
      raw.push(
        contractLogGrowth({
          ...base,
          action: yes ? 'buy' : 'sell',
          sizeMicroUsd: Math.floor(fraction * bankroll),
        }),
      );
    }
    expect(meanGrowth(raw).mean!).toBeLessThan(-0.01);
    expect(meanGrowth(ours).mean!).toBeGreaterThan(-0.001);
  });
});
