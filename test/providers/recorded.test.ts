// The recorded provider over the real set of recorded forecasts, and over broken folders.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORECAST_FORM } from '../../domain/research/answer-forms';
import type { ProviderFailure } from '../../providers/port';
import { createRecordedProvider, recordedCostMicroUsd } from '../../providers/recorded';
import type { RecordedForecast } from '../../providers/recorded-index';
import { completionRequest, modelEntry } from '../support/completion-request';
import { describeWithShared } from '../support/shared-data';

const ROW = 'acled|083f66e07d74d628962b76e05defc427f50cc21ade66a6b775ea6af83ca833b8|2025-10-26|2025-11-02';
const SYSTEM = 'flash-high-brave-c0-t1';

const ask = (system: string, recordedRowId?: string) =>
  completionRequest({
    model: modelEntry({ id: system, provider: 'recorded', providerModel: system }),
    schema: FORECAST_FORM,
    data: recordedRowId === undefined ? {} : { recordedRowId },
  });

describe('the cost of a recorded answer', () => {
  const forecast: RecordedForecast = {
    p: 0.5,
    trials: 2,
    usdPerTrial: 0.19126,
    latencySecondsPerTrial: null,
    tokensIn: null,
    tokensOut: null,
    rowsOfQuestion: 4,
    silentHalf: false,
  };
  it('is usd_per_trial x n_trials / n_rows_of_question', () => {
    expect(recordedCostMicroUsd(forecast)).toBe(95_630);
  });
  it('is null, not zero, where the file has none', () => {
    expect(recordedCostMicroUsd({ ...forecast, usdPerTrial: null })).toBeNull();
  });
  it('rounds up once', () => {
    expect(recordedCostMicroUsd({ ...forecast, trials: 1, rowsOfQuestion: 3, usdPerTrial: 0.000001 })).toBe(
      1,
    );
  });
});

describe('a recorded folder of another form', () => {
  const folderWith = (questions: string, forecasts: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
    writeFileSync(join(folder, 'questions.csv'), questions);
    writeFileSync(join(folder, 'forecasts.csv'), forecasts);
    return folder;
  };
  const QUESTION_HEADER =
    'row_id,source,base_id,forecast_due_date,resolution_date,y,market_value_freeze,market_date,market_value_due,qtype,category,question';
  const FORECAST_HEADER =
    'row_id,system,llm,p,n_trials,usd_per_trial,latency_s_per_trial,tokens_in,tokens_out,n_rows_of_question,silent_half';

  it('is refused with the columns it lacks', async () => {
    const provider = createRecordedProvider({ folder: folderWith('a,b\n1,2\n', `${FORECAST_HEADER}\n`) });
    await expect(provider.loadQuestion('x')).rejects.toThrow(/line 1 lacks the columns row_id/);
  });

  it('is refused with line and column of a probability that is none', async () => {
    const forecasts = `${FORECAST_HEADER}\nr1,s,m,0.4,1,,,,,1,0\nr2,s,m,1.4,1,,,,,1,0\n`;
    const provider = createRecordedProvider({ folder: folderWith(`${QUESTION_HEADER}\n`, forecasts) });
    await expect(provider.loadQuestion('x')).rejects.toThrow(/line 3 column p/);
    await expect(provider.complete(ask('s', 'r1'))).rejects.toMatchObject({ kind: 'no_data' });
  });

  it('is refused when a file is missing', async () => {
    const provider = createRecordedProvider({ folder: mkdtempSync(join(tmpdir(), 'recorded-')) });
    await expect(provider.loadQuestion('x')).rejects.toThrow(/has no questions.csv.gz/);
    expect((await provider.check!(AbortSignal.timeout(1000))).ok).toBe(false);
  });

  it('waits the recorded latency, scaled, and never beyond the deadline', async () => {
    const forecasts = `${FORECAST_HEADER}\nr1,s,m,0.4,1,,100,,,1,0\n`;
    const folder = folderWith(`${QUESTION_HEADER}\n`, forecasts);
    const scaled = await createRecordedProvider({ folder, latencyScale: 0.0005 }).complete(ask('s', 'r1'));
    expect(scaled.latencyMs).toBeGreaterThanOrEqual(49);
    expect(scaled).toMatchObject({ costMicroUsd: null, usage: null });
    const request = { ...ask('s', 'r1'), limits: { deadlineMs: 20, maxOutputTokens: 100 } };
    await expect(createRecordedProvider({ folder, latencyScale: 1 }).complete(request)).rejects.toMatchObject(
      {
        kind: 'timed_out',
      },
    );
  });
});

describeWithShared('data/forecasts', 'the recorded set', (folder) => {
  const provider = createRecordedProvider({ folder });

  it('lists every system as a model', async () => {
    const models = await provider.discover(AbortSignal.timeout(60_000));
    expect(models).toHaveLength(49);
    expect(models.find((model) => model.id === SYSTEM)).toMatchObject({
      provider: 'recorded',
      statistical: false,
    });
  });

  it('answers with recorded probability, tokens and cost', async () => {
    const completion = await provider.complete(ask(SYSTEM, ROW));
    expect(completion.usage).toMatchObject({ input: 312_975, output: 55_790 });
    // 0.06897 x 5 trials / 3 rows
    expect(completion.costMicroUsd).toBe(114_950);
    expect((completion.answer as { p_yes: number }).p_yes).toBeGreaterThan(0);
  });

  it('loads a question by its row id', async () => {
    const question = await provider.loadQuestion(ROW);
    expect(question).toMatchObject({ source: 'acled', questionType: 'dataset', marketValueFreeze: null });
  });

  it('says which row or system it does not know, as no_data', async () => {
    const failures = await Promise.all(
      [ask(SYSTEM, 'no|such|row'), ask('no-such-system', ROW), ask(SYSTEM)].map((request) =>
        provider.complete(request).catch((error: ProviderFailure) => `${error.kind}: ${error.message}`),
      ),
    );
    expect(failures).toEqual([
      'no_data: recorded has no row "no|such|row"',
      'no_data: recorded has no system "no-such-system"',
      'no_data: recorded needs the row_id of a recorded question',
    ]);
    await expect(provider.loadQuestion('no|such|row')).rejects.toThrow(RangeError);
  });
});
