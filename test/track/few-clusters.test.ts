// Intervals from few clusters: none where resampling cannot tell a spread, never narrower than Fisher's.
import type { RowLosses } from '../../domain/track/backtest-baselines';
import { comparisons } from '../../domain/track/backtest-comparison';
import { clusterIntervals } from '../../domain/track/cluster-bootstrap';
import { seededRandom } from '../../domain/track/random';
import { type AgreementRow, agreementQuality } from '../../domain/track/rank-correlation';

const Z_90 = 1.6448536269514722;

const agreement = (cluster: string, x: number, y: number): AgreementRow => ({
  ...{ cluster, agreement: x, quality: y, inConsensus: true, wrongSide: false },
});

/** Bonett and Wright (2000), written out anew. */
const bonettWright = (rho: number, n: number): readonly [number, number] => {
  const half = Z_90 * Math.sqrt((1 + rho ** 2 / 2) / (n - 3));
  return [Math.tanh(Math.atanh(rho) - half), Math.tanh(Math.atanh(rho) + half)];
};

describe('The rank correlation of agreement and quality', () => {
  const five = [1, 2, 3, 4, 5].map((x, i) => [x, [1, 3, 2, 5, 4][i]!] as const);

  it('has no interval from fewer than five clusters', () => {
    for (const clusters of [1, 2, 4]) {
      const rows = five.map(([x, y], i) => agreement(`c${i % clusters}`, x, y));
      expect(agreementQuality(rows)).toMatchObject({ rho: expect.closeTo(0.8, 12), interval: null });
    }
    const many = Array.from({ length: 20_001 }, (_, i) => agreement(`c${i % 4}`, i % 97, i % 89));
    expect(agreementQuality(many).interval).toBeNull();
  });

  it("has Fisher's interval from five clusters where resampling says less", () => {
    const rows = [1, 2, 3, 4, 5].map((x, i) => agreement(`c${i}`, x, [1, 2, 3, 5, 4][i]!));
    const { rho, interval } = agreementQuality(rows);
    const [low, high] = bonettWright(rho!, 5);
    expect(rho).toBeCloseTo(0.9, 12);
    expect(interval![0]).toBeCloseTo(low, 9);
    expect(interval![1]).toBeCloseTo(high, 9);
  });

  it('above 20,000 rows has the error of Spearman, which is larger than that of Pearson', () => {
    const random = seededRandom(6);
    const rows = Array.from({ length: 20_001 }, (_, i) => {
      const x = random();
      return agreement(`c${i % 40}`, x, x + random());
    });
    const { rho, interval } = agreementQuality(rows);
    const [low, high] = bonettWright(rho!, 40);
    expect(rho).toBeGreaterThan(0.5);
    expect(interval![0]).toBeCloseTo(low, 9);
    expect(interval![1]).toBeCloseTo(high, 9);
  });
});

test('Ranks of five clusters that agree fully are not beyond doubt', () => {
  for (const sign of [1, -1]) {
    const rows = [1, 2, 3, 4, 5].map((x, i) => agreement(`c${i}`, x, sign * x));
    const { rho, interval } = agreementQuality(rows);
    const inner = sign > 0 ? interval![0] : -interval![1];
    expect(rho).toBeCloseTo(sign, 12);
    expect(inner).toBeCloseTo(bonettWright(0.95, 5)[0], 9);
    expect(sign > 0 ? interval![1] : interval![0]).toBeCloseTo(sign, 12);
  }
});

describe('The cluster bootstrap of few clusters', () => {
  const clusters = (n: number, className = 'a') =>
    Array.from({ length: n }, (_, i) => ({ className, n: 1, sums: [0.1 * i] }));

  it('has bounds from five clusters in every class, below that the estimate alone', () => {
    const options = { resamples: 100, seed: 1 };
    expect(clusterIntervals(clusters(1), [0.3], options)).toEqual([[0.3, null, null]]);
    expect(clusterIntervals(clusters(4), [0.3], options)).toEqual([[0.3, null, null]]);
    expect(clusterIntervals([...clusters(9), ...clusters(1, 'b')], [0.3], options)).toEqual([
      [0.3, null, null],
    ]);
    const [[estimate, low, high]] = clusterIntervals(clusters(5), [0.2], options) as [
      [number, number, number],
    ];
    expect(estimate).toBe(0.2);
    expect(low).toBeLessThan(0.2);
    expect(high).toBeGreaterThan(0.2);
  });

  it('shows a strategy beside its baselines without bounds on one question', () => {
    const losses = [0.1, 0.2, 0.3].map(
      (loss): RowLosses =>
        ({
          row: { className: 'market', cluster: 'one' },
          ...{ strategies: [loss], simpleMean: 0.4, logOddsMean: 0.4, marketPrice: null },
          ...{ expectedSinglePick: 0.4, members: [0.4] },
        }) as unknown as RowLosses,
    );
    const found = comparisons({ brier: losses, logLoss: losses }, 1, { resamples: 50, seed: 1 });
    expect(found.simpleMean.brier).toEqual([expect.closeTo(-0.2, 12), null, null]);
    expect(found.marketPrice.brier).toBeNull();
  });
});
