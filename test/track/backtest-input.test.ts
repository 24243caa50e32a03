// Bad input is refused with its row and reason; nothing is scored in silence.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runBacktest } from '../../client/backtest';
import { assertSplit } from '../../domain/track/backtest-table';

const QUESTION_HEADER =
  'row_id,source,base_id,forecast_due_date,resolution_date,y,market_value_freeze,market_value_due,qtype,category';
const FORECAST_HEADER = 'row_id,system,p,usd_per_trial,n_trials,silent_half';
const Q1 = 'q1,src,b1,2025-01-01,2025-01-10,1,0.4,,market,Politics';
const Q2 = 'q2,src,b2,2025-02-01,2025-02-10,0,,,dataset,Economy';
const FORECASTS = ['q1,a,0.7,0.1,1,0', 'q1,b,0.6,0.1,1,0', 'q2,a,0.2,0.1,1,0', 'q2,b,0.4,,1,0'];

describe('backtest input', () => {
  let folder: string;
  let count = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'backtest-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (header: string, lines: readonly string[]): string => {
    count += 1;
    const path = join(folder, `${count}.csv.gz`);
    writeFileSync(path, gzipSync([header, ...lines].join('\n')));
    return path;
  };
  const run = (
    questions: readonly string[],
    forecasts: readonly string[],
    members: readonly string[] = ['a', 'b'],
  ) =>
    runBacktest({
      questions: [file(QUESTION_HEADER, questions)],
      forecasts: [file(FORECAST_HEADER, forecasts)],
      members,
      strategy: 'weighted_vote',
    });

  it('scores good rows and counts unknown costs', async () => {
    const report = await run([Q1, Q2], FORECASTS);
    expect(report.n).toBe(2);
    expect(report.costUsd).toBeCloseTo(0.3, 9);
    expect(report.costUnknown).toBe(1);
    expect(report.versus.marketPrice.brier).not.toBeNull();
  });

  it.each([
    ['a probability above 1', [Q1, Q2], ['q1,a,1.2,,,0'], /row 1 \(row_id q1, system a\): p is "1.2"/],
    ['NaN', [Q1, Q2], [FORECASTS[0]!, 'q1,b,NaN,,,0'], /row 2 .*p is "NaN"/],
    ['an empty probability', [Q1, Q2], ['q1,a,,,,0'], /p is ""/],
    ['an outcome that is not 0 or 1', [Q1.replace(',1,0.4', ',0.5,0.4')], FORECASTS, /y is "0.5"/],
    [
      'an outcome before the forecast',
      [Q1.replace('2025-01-10', '2024-12-31')],
      FORECASTS,
      /outcome before the forecast/,
    ],
    ['a broken date', [Q1.replace('2025-01-10', '2025-02-30')], FORECASTS, /resolution_date is "2025-02-30"/],
    [
      'a question twice with other content',
      [Q1, Q1.replace(',1,0.4', ',0,0.4')],
      FORECASTS,
      /row 2: duplicate row_id q1 with other content/,
    ],
    [
      'a question under two ids',
      [Q1, Q2, Q1.replace('q1', 'q9')],
      FORECASTS,
      /q9: is the same question and date as row_id q1/,
    ],
    [
      'a forecast twice with other content',
      [Q1, Q2],
      [...FORECASTS, 'q1,a,0.8,0.1,1,0'],
      /row 5: duplicate forecast for row_id q1, system a with other content/,
    ],
    ['a negative cost', [Q1, Q2], ['q1,a,0.7,-1,1,0'], /usd_per_trial is "-1"; accepted: dollars/],
    ['half a trial', [Q1, Q2], ['q1,a,0.7,0.1,0.5,0'], /n_trials is "0.5"; accepted: a whole number/],
    ['a flag that is neither 0 nor 1', [Q1, Q2], ['q1,a,0.7,,,yes'], /silent_half is "yes"; accepted: 0, 1/],
    ['a price above 1', [Q1.replace(',1,0.4', ',1,4')], FORECASTS, /market_value_freeze is "4"/],
    ['a forecast of an unknown question', [Q1], FORECASTS, /row_id q2 is not among the questions/],
  ])('refuses %s', async (_, questions, forecasts, message) => {
    await expect(run(questions, forecasts)).rejects.toThrow(message);
  });

  it('never writes predictions of the valid remainder', async () => {
    const predictions = join(folder, 'never.csv');
    const refused = runBacktest({
      questions: [file(QUESTION_HEADER, [Q1, Q2])],
      forecasts: [file(FORECAST_HEADER, [...FORECASTS.slice(1), 'q1,a,1.2,,,0'])],
      members: ['a', 'b'],
      strategy: 'weighted_vote',
      predictions,
    });
    await expect(refused).rejects.toThrow(/row 4 .*p is "1.2"/);
    expect(existsSync(predictions)).toBe(false);
  });

  it('refuses an unknown member and names the known ones', async () => {
    await expect(run([Q1, Q2], FORECASTS, ['a', 'c'])).rejects.toThrow(
      /"c" has no forecast .*accepted: a, b/,
    );
  });

  it('takes an identical row twice as one', async () => {
    const report = await run([Q1, Q2, Q1], [...FORECASTS, FORECASTS[0]!]);
    expect(report.n).toBe(2);
  });

  it('refuses a question on both sides of a split, and a training row that had not resolved', () => {
    const row = { rowId: 'x', cluster: 'c', resolutionDate: '2025-01-01', dueDate: '2025-02-01' };
    expect(() => assertSplit([row], [row])).toThrow(/both sides/);
    expect(() => assertSplit([{ ...row, resolutionDate: '2025-02-01' }], [{ ...row, cluster: 'd' }])).toThrow(
      /not before 2025-02-01/,
    );
  });

  it('does not let outcomes of a round change its own predictions', async () => {
    const many = Array.from({ length: 60 }, (_, i) => {
      const due = i < 30 ? '2025-01-01' : '2025-02-01';
      const resolves = i < 30 ? '2025-01-15' : '2025-02-15';
      return { id: `r${i}`, due, resolves, y: i % 3 === 0 ? 1 : 0 };
    });
    const forecasts = many.flatMap(({ id, y }) => [`${id},a,${y ? 0.9 : 0.1},,,0`, `${id},b,0.3,,,0`]);
    const lines = (flipped: (i: number) => boolean) =>
      many.map(
        (q, i) => `${q.id},src,${q.id},${q.due},${q.resolves},${flipped(i) ? 1 - q.y : q.y},,,market,x`,
      );
    const predict = async (flipped: (i: number) => boolean) => {
      const predictions = join(folder, 'out.csv');
      await runBacktest({
        questions: [file(QUESTION_HEADER, lines(flipped))],
        forecasts: [file(FORECAST_HEADER, forecasts)],
        members: ['a', 'b'],
        strategy: 'calibrated_confidence',
        evidenceThreshold: 0,
        predictions,
      });
      return readFileSync(predictions, 'utf8');
    };
    const plain = await predict(() => false);
    expect(await predict((i) => i >= 30)).toBe(plain);
    expect(await predict((i) => i < 30)).not.toBe(plain);
  });
});
