// What holds of the statistics of the track record whatever comes in: bounds, symmetry, order, and records of
// none and one.
import fc from 'fast-check';
import { calibrate, NO_CALIBRATOR } from '../../domain/ensemble/calibrator';
import { checkConsensus } from '../../domain/ensemble/consensus';
import { contractLogGrowth } from '../../domain/ensemble/growth';
import { solveLinear } from '../../domain/ensemble/linear-system';
import { areaUnderCurve, rankedUncertainty } from '../../domain/track/auc';
import { growthReport } from '../../domain/track/backtest-growth';
import type { WalkedRow } from '../../domain/track/backtest-round';
import { calibrationError } from '../../domain/track/calibration-error';
import { clusterResamples, percentileInterval, quantile } from '../../domain/track/cluster-bootstrap';
import { addValue, confidenceSequence, NO_VALUES } from '../../domain/track/confidence-sequence';
import { NO_DRIFT, observeDrift, surprise } from '../../domain/track/drift';
import { addEvidence, eValue, NO_EVIDENCE } from '../../domain/track/evidence';
import { addSample, type CalibrationSample, emptyColumns, fitSlope } from '../../domain/track/platt';
import { seededRandom } from '../../domain/track/random';
import { type AgreementRow, agreementQuality, ranks, spearman } from '../../domain/track/rank-correlation';
import { rankMembers } from '../../domain/track/ranking';
import type { Outcome } from '../../domain/track/scoring';
import { screen, UNSCREENED } from '../../domain/track/screening';
import { pickShadowCall } from '../../domain/track/shadow-calls';
import { exactShapley, leaveOneOut, poolValue } from '../../domain/track/shapley';
import { fitTemperature } from '../../domain/track/temperature';
import { tradeProfit } from '../../domain/track/trade-profit';
import { rollingWindows } from '../../domain/track/windows';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const difference = fc.double({ min: -1, max: 1, noNaN: true });
const outcome = fc.constantFrom<Outcome>(0, 1);
const scored = fc.array(fc.record({ p: probability, y: outcome }), { minLength: 1, maxLength: 50 });

describe('The AUC', () => {
  const rows = fc.array(fc.record({ value: fc.integer({ min: 0, max: 9 }), positive: fc.boolean() }), {
    maxLength: 40,
  });

  it('lies in [0, 1], turns round with its values, and does not depend on order or scale', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const auc = areaUnderCurve(all);
        const turned = areaUnderCurve(all.map((row) => ({ ...row, value: -row.value })));
        const stretched = areaUnderCurve(
          [...all].reverse().map((row) => ({ ...row, value: row.value ** 3 })),
        );
        if (auc === null) return expect([turned, stretched]).toEqual([null, null]);
        expect(auc).toBeGreaterThanOrEqual(0);
        expect(auc).toBeLessThanOrEqual(1);
        expect(turned).toBeCloseTo(1 - auc, 12);
        expect(stretched).toBeCloseTo(auc, 12);
      }),
    );
  });

  it('has a standard error that falls as rows are repeated, and none without both sides', () => {
    expect(rankedUncertainty([])).toBeNull();
    expect(rankedUncertainty([{ value: 1, positive: true }])).toBeNull();
    const few = [3, 1, 4, 1, 5, 9].map((value, i) => ({ value, positive: i % 2 === 0 }));
    const many = Array.from({ length: 20 }, () => few).flat();
    expect(rankedUncertainty(many)!.auc).toBeCloseTo(rankedUncertainty(few)!.auc, 12);
    expect(rankedUncertainty(many)!.standardError).toBeLessThan(rankedUncertainty(few)!.standardError / 3);
  });
});

describe('Rank correlation', () => {
  const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 30 });

  it('is symmetric and lies in [-1, 1]; ranks sum to n (n + 1) / 2', () => {
    fc.assert(
      fc.property(values, fc.integer(), (x, seed) => {
        const random = seededRandom(seed);
        const y = x.map(() => Math.floor(4 * random()));
        const rho = spearman(x, y);
        expect(spearman(y, x)).toEqual(rho === null ? null : expect.closeTo(rho, 12));
        if (rho !== null) expect(Math.abs(rho)).toBeLessThanOrEqual(1 + 1e-12);
        const sum = ranks(x).reduce((total, rank) => total + rank, 0);
        expect(sum).toBeCloseTo((x.length * (x.length + 1)) / 2, 9);
      }),
    );
  });

  it('is 1 in every resample of pairs that rise together, with ties within clusters', () => {
    const rows = Array.from({ length: 60 }, (_, i): AgreementRow => {
      const level = i >> 1;
      return {
        cluster: `c${i >> 2}`,
        agreement: level,
        quality: level ** 3,
        inConsensus: i % 2 === 0,
        wrongSide: i % 3 === 0,
      };
    });
    const { rho, interval } = agreementQuality(rows);
    expect(rho).toBeCloseTo(1, 12);
    expect(interval![0]).toBeCloseTo(1, 12);
    expect(interval![1]).toBeCloseTo(1, 12);
  });

  it('has an interval that is the one of resampled and re-sorted rows', () => {
    const random = seededRandom(5);
    const rows = Array.from({ length: 40 }, (_, i): AgreementRow => {
      const agreement = Math.floor(6 * random());
      return {
        cluster: `c${i % 13}`,
        agreement,
        quality: agreement + Math.floor(8 * random()),
        inConsensus: false,
        wrongSide: false,
      };
    });
    const options = { resamples: 300, seed: 3 };
    const clusters = Array.from({ length: 13 }, (_, c) => rows.filter((row) => row.cluster === `c${c}`));
    const draws = seededRandom(options.seed);
    const rhos = Array.from({ length: options.resamples }, () => {
      const drawn = clusters.flatMap(() => clusters[Math.floor(draws() * clusters.length)]!);
      return spearman(
        drawn.map((row) => row.agreement),
        drawn.map((row) => row.quality),
      )!;
    });
    const { interval } = agreementQuality(rows, options);
    expect(interval![0]).toBeCloseTo(quantile(rhos, 0.05), 9);
    expect(interval![1]).toBeCloseTo(quantile(rhos, 0.95), 9);
  });
});

describe('The cluster bootstrap', () => {
  it('stays between the least and the largest cluster mean, and is constant for one cluster', () => {
    const cluster = fc.record({
      className: fc.constant('a'),
      n: fc.integer({ min: 1, max: 5 }),
      sum: fc.double({ min: -9, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 1, maxLength: 12 }), (all) => {
        const clusters = all.map(({ className, n, sum }) => ({ className, n, sums: [sum] }));
        const means = all.map(({ n, sum }) => sum / n);
        for (const [value] of clusterResamples(clusters, { resamples: 40, seed: 1 })) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...means) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(...means) + 1e-9);
        }
      }),
    );
  });

  it('gives quantiles in order, of one value that value, and NaN of none', () => {
    fc.assert(
      fc.property(fc.array(difference, { minLength: 1 }), (values) => {
        const [, low, high] = percentileInterval(0, values);
        expect(low).toBeLessThanOrEqual(high);
        expect(quantile([...values].reverse(), 0.3)).toBe(quantile(values, 0.3));
      }),
    );
    expect(quantile([0.7], 0.1)).toBe(0.7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

const temperatureOf = (rows: readonly CalibrationSample[]): number => {
  const columns = emptyColumns();
  for (const row of rows) addSample(columns, row);
  return fitTemperature([columns]);
};

describe('Calibration', () => {
  it('has errors in [0, 1] that do not depend on order', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        const error = calibrationError(rows)!;
        for (const value of [error.ece, error.debiased, error.noiseFloor]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(calibrationError([...rows].reverse())!.ece).toBeCloseTo(error.ece, 12);
      }),
    );
  });

  it('fits a slope and a temperature that mirror yes and no, and order does not matter', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        const mirrored = rows.map(({ p, y }) => ({ p: 1 - p, y: (1 - y) as Outcome })).reverse();
        expect(fitSlope(mirrored)).toBeCloseTo(fitSlope(rows), 6);
        expect(temperatureOf(mirrored)).toBeCloseTo(temperatureOf(rows), 6);
        expect(temperatureOf(rows)).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps the order of what a calibrator is given, and leaves p alone without a record', () => {
    const slope = fc.double({ min: 0.1, max: 4, noNaN: true });
    fc.assert(
      fc.property(probability, probability, slope, difference, (p, q, a, b) => {
        const own = { kind: 'platt' as const, a, b, reliability: 0.5 };
        expect(calibrate(own, Math.max(p, q), 'm')).toBeGreaterThanOrEqual(
          calibrate(own, Math.min(p, q), 'm'),
        );
        expect(calibrate(NO_CALIBRATOR, p, 'm')).toBe(p);
      }),
    );
  });
});

describe('Evidence', () => {
  it('is positive, does not depend on order, and grows with every gain', () => {
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 30 }), probability, (values, gain) => {
        const evidence = values.reduce(addEvidence, NO_EVIDENCE);
        const back = [...values].reverse().reduce(addEvidence, NO_EVIDENCE);
        expect(eValue(evidence)).toBeGreaterThan(0);
        expect(eValue(back) / eValue(evidence)).toBeCloseTo(1, 9);
        expect(eValue(addEvidence(evidence, gain))).toBeGreaterThanOrEqual(eValue(evidence) * (1 - 1e-12));
        expect(eValue(addEvidence(evidence, -gain))).toBeLessThanOrEqual(eValue(evidence) * (1 + 1e-12));
      }),
    );
    expect(eValue(NO_EVIDENCE)).toBe(1);
  });

  it('gives confidence sequences around the mean that mirror', () => {
    fc.assert(
      fc.property(fc.array(difference, { minLength: 1, maxLength: 40 }), (values) => {
        const [mean, low, high] = confidenceSequence(values.reduce(addValue, NO_VALUES));
        const turned = confidenceSequence(values.map((value) => -value).reduce(addValue, NO_VALUES));
        expect(low).toBeLessThanOrEqual(mean + 1e-9);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-9);
        expect(turned[1]).toBeCloseTo(-high, 6);
        expect(turned[2]).toBeCloseTo(-low, 6);
      }),
    );
    expect(confidenceSequence(NO_VALUES)).toEqual([0, -1, 1]);
  });

  it('of drift never comes from scores better than expected', () => {
    fc.assert(
      fc.property(fc.array(probability, { maxLength: 200 }), (ps) => {
        let state = NO_DRIFT;
        for (const p of ps) state = observeDrift(state, surprise(p, p > 0.5 ? 1 : 0));
        expect(state.drifted).toBe(false);
        expect(state.n).toBe(ps.length);
      }),
    );
  });

  it('of a broken member never comes without faults', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), (n) => {
        let state = UNSCREENED;
        for (let i = 0; i < n; i += 1)
          state = screen(state, { exact_half: false, failure: false, contradiction: false });
        expect(state).toMatchObject({ n, flagged: false, firstFlaggedAt: null });
      }),
    );
  });
});

describe('Contribution and rank', () => {
  const row = fc.record({
    className: fc.constantFrom('market', 'dataset'),
    y: outcome,
    p: fc.array(fc.option(probability, { nil: null }), { minLength: 3, maxLength: 3 }),
  });

  it('give nothing to a member that is never there, and all to the only one', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 10 }), (rows) => {
        const value = poolValue(
          rows.map((each) => ({ ...each, p: [each.p[0]!, null, null] })),
          3,
        );
        const [only, none] = exactShapley(value, 3);
        expect(none).toBeCloseTo(0, 12);
        expect(only).toBeCloseTo(value(1) - value(0), 12);
        expect(leaveOneOut(value, 3)[0]).toBeCloseTo(only!, 12);
      }),
    );
    expect(exactShapley(poolValue([], 2), 2)).toEqual([0, 0]);
  });

  it('bracket skill between its bounds, whatever the order of members', () => {
    const rows = fc.array(fc.record({ memberLoss: probability, meanLoss: probability }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 5 }), (members) => {
        const input = members.map((all, m) => ({
          member: `m${m}`,
          costUsd: 1,
          rows: all.map((each, i) => ({ ...each, cluster: `c${i}` })),
        }));
        const ranked = rankMembers(input);
        for (const { skill, lower, upper } of ranked) {
          expect(lower).toBeLessThanOrEqual(skill + 1e-12);
          expect(upper).toBeGreaterThanOrEqual(skill - 1e-12);
        }
        const bySkill = (list: typeof ranked) => new Map(list.map((each) => [each.member, each.skill]));
        expect(bySkill(rankMembers([...input].reverse()))).toEqual(bySkill(ranked));
      }),
      { numRuns: 25 },
    );
  });

  it('keep windows within the values seen', () => {
    const rows = fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 1e10 }), value: probability }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (all) => {
        const scores = all.map((each, i) => ({ ...each, cluster: `c${i}` }));
        for (const { value } of rollingWindows(scores, 1e10)) {
          if (all.length === 0) expect(value).toBeNull();
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(Math.min(...all.map((each) => each.value)) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(...all.map((each) => each.value)) + 1e-9);
        }
      }),
    );
  });

  it('make no shadow call at share 0 and always one of the candidates at share 1', () => {
    const candidate = fc.record({
      model: fc.uuid(),
      skill: difference,
      deviation: probability,
      n: fc.nat(99),
    });
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 6 }), fc.integer(), (all, seed) => {
        expect(pickShadowCall(all, { share: 0 }, seededRandom(seed))).toBeNull();
        const called = pickShadowCall(all, { share: 1 }, seededRandom(seed));
        expect(all.map(({ model }) => model)).toContain(called);
        expect(pickShadowCall([...all].reverse(), { share: 1 }, seededRandom(seed))).toBe(called);
      }),
    );
    expect(pickShadowCall([], { share: 1 }, seededRandom(1))).toBeNull();
  });
});

describe('Money', () => {
  const price = fc.double({ min: 0.02, max: 0.98, noNaN: true });
  const contract = { rule: 'venue_settlement' as const, entryValue: null, resolvingValue: null };

  it('made on a contract mirrors yes and no, falls with fees, and never loses more than its size', () => {
    fc.assert(
      fc.property(price, outcome, fc.integer({ min: 1, max: 1e9 }), (p, y, sizeMicroUsd) => {
        const at = (action: 'buy' | 'sell', of: number, won: Outcome, fee: number) =>
          tradeProfit(
            { action, sizeMicroUsd, price: of },
            { ...contract, y: won },
            { equity: 0, contract: fee },
          )!;
        const profit = at('buy', p, y, 0.01);
        expect(Math.abs(at('sell', 1 - p, (1 - y) as Outcome, 0.01) - profit)).toBeLessThanOrEqual(1);
        expect(profit).toBeLessThanOrEqual(at('buy', p, y, 0));
        expect(profit).toBeGreaterThanOrEqual(-sizeMicroUsd);
        const growth = contractLogGrowth({
          ...{ action: 'buy', sizeMicroUsd, bankrollMicroUsd: 2e9, priceOfYes: p, fee: 0.01, outcome: y },
        });
        expect(Math.abs(2e9 * Math.expm1(growth) - profit)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('grows by nothing where no question has a price, and is counted once per cluster', () => {
    const walked = (duePrice: number | null, p: number, cluster: string) =>
      ({ row: { duePrice, y: 1, cluster }, p: [p], counted: [p, p - 0.01] }) as unknown as WalkedRow;
    expect(growthReport([], 0.01).logGrowth).toEqual({ n: 0, mean: null, standardError: null });
    expect(growthReport([walked(null, 0.9, 'a')], 0.01)).toMatchObject({ priced: 0, traded: 0 });
    const rows = [walked(0.5, 0.9, 'a'), walked(0.5, 0.9, 'a'), walked(0.5, 0.5, 'b')];
    const report = growthReport(rows, 0.01);
    expect(report).toMatchObject({ priced: 3, traded: 2 });
    expect(report.logGrowth.n).toBe(2);
    expect(report.logGrowth.mean!).toBeGreaterThan(0);
    expect(growthReport(rows, 0.3).traded).toBe(0);
  });
});

describe('Consensus', () => {
  it('counts those near the median, whoever came first, and all when all say the same', () => {
    const members = (ps: readonly number[]) =>
      ps.map((p, i) => ({ model: `m${i}`, status: 'answered' as const, probability: p }));
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 9 }), (ps) => {
        const check = checkConsensus(members(ps));
        expect(check.agreeing.length + check.outside.length).toBe(ps.length);
        expect(check.share).toBeCloseTo(check.agreeing.length / ps.length, 12);
        expect(checkConsensus(members([...ps].reverse())).share).toBe(check.share);
        expect(checkConsensus(members(ps.map(() => ps[0]!))).share).toBe(1);
      }),
    );
    expect(checkConsensus([])).toMatchObject({ reached: false, median: null });
  });
});

describe('A linear system', () => {
  it('is solved where its diagonal rules', () => {
    const side = fc.array(difference, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(side, { minLength: 3, maxLength: 3 }), side, (off, x) => {
        const matrix = off.map((line, i) => line.map((value, j) => (i === j ? value + 5 : value)));
        const right = matrix.map((line) => line.reduce((sum, value, j) => sum + value * x[j]!, 0));
        solveLinear(matrix, right).forEach((value, i) => {
          expect(value).toBeCloseTo(x[i]!, 9);
        });
      }),
    );
  });
});
