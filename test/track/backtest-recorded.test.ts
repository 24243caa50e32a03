// What the recorded forecasts must show: the same lines run later on rounds never seen.
import { join } from 'node:path';
import {
  CALIBRATED_MEMBER,
  type Claim,
  calibrationClaims,
  poolClaims,
  recordedPoolMembers,
} from '../../bench/support/recorded-claims';
import { type BacktestOptions, runBacktest } from '../../client/backtest';
import { readBacktestTable } from '../../client/backtest-files';
import { describeWithShared } from '../support/shared-data';

const ROUND = '2025-10-26';

describeWithShared('data/forecasts', 'backtest of the recorded forecasts', (folder) => {
  const files = {
    questions: [join(folder, 'questions.csv.gz')],
    forecasts: [join(folder, 'forecasts.csv.gz')],
  };
  const pools = recordedPoolMembers(folder);
  let claims: readonly Claim[] = [];

  beforeAll(async () => {
    claims = await poolClaims(files, pools, ROUND);
  }, 300_000);

  it('beats the mean and the single pick, screens the broken member, and keeps the cascade within its room', () => {
    expect(claims.filter(({ atMost }) => atMost !== null)).toHaveLength(20);
    expect(claims.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('reports how u ranks wrong-side market answers and the log growth after fees of every pool', () => {
    const reported = (part: string) => claims.filter(({ name }) => name.includes(part));
    expect(reported('AUC of u')).toHaveLength(4);
    for (const { figure } of reported('AUC of u')) expect(figure).toBeGreaterThan(0.85);
    expect(reported('log growth after fees')).toHaveLength(4);
    for (const { figure } of reported('log growth after fees')) expect(figure).toBeGreaterThan(-0.005);
  });

  it('draws the cost curve of a cascade from the cheap stage to the full ensemble', async () => {
    const cascade = { cheap: 'auto' as const, full: pools.M, costShare: 0.3 };
    const options: BacktestOptions = {
      ...files,
      members: pools.M,
      strategy: 'weighted_vote',
      testRound: ROUND,
      cascade,
    };
    const report = await runBacktest(options);
    const { curve, rounds } = report.cascade!;
    expect(curve).toHaveLength(10);
    expect(curve.at(-1)!.brier).toBeCloseTo(report.brier.overall!, 9);
    expect(rounds.map(({ due, modelWeight }) => [due, modelWeight])).toEqual([[ROUND, 0.5]]);
    curve.slice(1).forEach((point, i) => {
      expect(point.costShare).toBeGreaterThanOrEqual(curve[i]!.costShare);
    });
    expect(JSON.stringify(await runBacktest(options))).toBe(JSON.stringify(report));
  }, 180_000);

  it('calibrates without loss on opinions and with gain on silent halves', async () => {
    const table = await readBacktestTable({ ...files, members: [CALIBRATED_MEMBER] });
    const [opinions, all] = calibrationClaims(table);
    expect(opinions!.figure).toBeLessThanOrEqual(0.0005);
    expect(all!.figure).toBeLessThan(-0.003);
  }, 180_000);
});
