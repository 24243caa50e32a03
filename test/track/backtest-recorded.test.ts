// What the recorded forecasts must show (issue 4): the same commands run later on rounds never seen.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BacktestDocument, type BacktestOptions, runBacktest } from '../../client/backtest';
import { readBacktestTable } from '../../client/backtest-files';
import { brier } from '../../domain/track/scoring';
import { describeWithShared } from '../support/shared-data';

const ROUND = '2025-10-26';

describeWithShared('data/forecasts', 'backtest of the recorded forecasts', (folder) => {
  const golden = JSON.parse(readFileSync(join(folder, 'golden_dev.json'), 'utf8'));
  const files = {
    questions: [join(folder, 'questions.csv.gz')],
    forecasts: [join(folder, 'forecasts.csv.gz')],
  };
  const options = (pool: string, more: Partial<BacktestOptions> = {}): BacktestOptions => ({
    ...files,
    members: golden[pool].members,
    strategy: 'weighted_vote',
    testRound: ROUND,
    ...more,
  });
  const reports: Record<string, BacktestDocument> = {};

  beforeAll(async () => {
    for (const pool of ['Z', 'S', 'M', 'B']) reports[pool] = await runBacktest(options(pool));
  }, 60_000);

  it.each([
    ['Z', 0.01, 0.002],
    ['S', 0.01, 0],
    ['M', 0.01, 0],
    ['B', 0.025, 0],
  ])('beats the simple mean on pool %s', (pool, logLossGain, brierRoom) => {
    const { brier: ofBrier, logLoss } = reports[pool]!.versus.simpleMean;
    expect(logLoss![0]).toBeLessThanOrEqual(-logLossGain);
    expect(ofBrier![0]).toBeLessThanOrEqual(brierRoom);
  });

  it.each(['S', 'M', 'B'])('beats the expected single pick on pool %s', (pool) => {
    const { brier: ofBrier, logLoss } = reports[pool]!.versus.expectedSinglePick;
    expect(ofBrier![0]).toBeLessThan(0);
    expect(logLoss![0]).toBeLessThan(0);
  });

  it('flags the broken member within 50 forecasts and loses at most .0005 by it', () => {
    const broken = golden.B.members.at(-1);
    const flag = reports.B!.screening.flagged.find((event) => event.member === broken);
    expect(flag!.afterForecasts).toBeLessThanOrEqual(50);
    expect(reports.B!.screening.flagged.every((event) => event.member === broken)).toBe(true);
    expect(reports.B!.brier.overall! - reports.S!.brier.overall!).toBeLessThanOrEqual(0.0005);
  });

  it('ranks wrong-side market answers by uncertainty', () => {
    for (const pool of ['Z', 'S', 'M', 'B'])
      expect(reports[pool]!.uncertaintyAuc.market!).toBeGreaterThan(0.85);
  });

  it('keeps a cascade of price-aware agents close to the full ensemble at 30 % of its cost', async () => {
    const members = golden.M.members;
    const cascade = { cheap: 'auto' as const, full: members, costShare: 0.3 };
    const report = (await runBacktest(options('M', { cascade }))).cascade!;
    expect(report.costShare).toBeLessThanOrEqual(0.3);
    expect(report.versus.full.brier[0]).toBeLessThanOrEqual(0.0005);
    expect(report.versus.randomEscalation.brier[0]).toBeLessThan(0);
    expect(report.curve).toHaveLength(10);
    expect(report.curve.at(-1)!.brier).toBeCloseTo(reports.M!.brier.overall!, 9);
    expect(report.rounds.map((round) => round.due)).toEqual([ROUND]);
  }, 30_000);

  it('calibrates without loss on opinions and with gain on silent halves', async () => {
    const member = 'pro-high-brave-c1-t1';
    const temporary = mkdtempSync(join(tmpdir(), 'backtest-'));
    const predictions = join(temporary, 'out.csv');
    const table = await readBacktestTable({ ...files, members: [member] });
    await runBacktest({ ...files, members: [member], strategy: 'calibrated_confidence', predictions });
    const lines = readFileSync(predictions, 'utf8').trim().split('\n').slice(1);
    rmSync(temporary, { recursive: true });
    const predicted = new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(',')), Number(line.split(',').at(-1))]),
    );
    const rows = table.rows.filter((row) => row.dueDate >= '2025-08-03' && predicted.has(row.rowId));
    const change = (chosen: typeof rows) =>
      chosen.reduce(
        (sum, row) => sum + brier(predicted.get(row.rowId)!, row.y) - brier(row.p[0]!, row.y),
        0,
      ) / chosen.length;
    expect(rows.length).toBeGreaterThan(4000);
    expect(change(rows.filter((row) => !row.silent[0]))).toBeLessThanOrEqual(0.0005);
    expect(change(rows)).toBeLessThan(-0.003);
  }, 60_000);

  it('gives the same document twice', async () => {
    expect(JSON.stringify(await runBacktest(options('Z')))).toBe(JSON.stringify(reports.Z));
  }, 30_000);
});
