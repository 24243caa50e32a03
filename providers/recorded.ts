// Replays stored answers as models named by their system: real forecasts, with their recorded time and
// cost, without internet or keys.
import { setTimeout as wait } from 'node:timers/promises';
import { MICRO_PER_USD, type MicroUsd } from '../domain/money/micro-usd';
import type { ModelEntry } from '../domain/selection/model';
import {
  type Completion,
  type CompletionRequest,
  type Provider,
  ProviderFailure,
  type TokenUsage,
} from './port';
import {
  loadRecordedIndex,
  type RecordedForecast,
  type RecordedIndex,
  type RecordedQuestion,
  type RecordedSystem,
} from './recorded-index';

export interface RecordedProviderOptions {
  /** Folder with questions.csv.gz and forecasts.csv.gz. */
  readonly folder: string;
  /** Share of the recorded latency to wait; 0 answers at once, 1 takes as long as the model did. Default 0. */
  readonly latencyScale?: number;
}

export interface RecordedProvider extends Provider {
  readonly name: 'recorded';
  discover(signal: AbortSignal): Promise<readonly ModelEntry[]>;
  /** @throws RangeError naming the row when it is not in the folder */
  loadQuestion(rowId: string): Promise<RecordedQuestion>;
}

/** Room for the error of binary fractions before a cost is rounded up to whole micro-dollars. */
const ROUNDING_ROOM = 1e-6;

/** usd_per_trial x n_trials / n_rows_of_question, rounded up once; null when the file has no cost. */
export const recordedCostMicroUsd = (forecast: RecordedForecast): MicroUsd | null => {
  if (forecast.usdPerTrial === null) return null;
  const usd = (forecast.usdPerTrial * forecast.trials) / forecast.rowsOfQuestion;
  return Math.ceil(usd * MICRO_PER_USD - ROUNDING_ROOM);
};

const usageOf = ({ tokensIn, tokensOut }: RecordedForecast): TokenUsage | null =>
  tokensIn === null || tokensOut === null
    ? null
    : { input: tokensIn, cachedInput: 0, cacheWrite: 0, output: tokensOut, reasoning: 0 };

const entryOf = ({ system, llm }: RecordedSystem): ModelEntry => ({
  id: system,
  provider: 'recorded',
  providerModel: system,
  displayName: `${llm} (recorded: ${system})`,
  quality: 7,
  contextTokens: 1_000_000,
  maxOutputTokens: 100_000,
  strengths: ['forecasting'],
  speed: 'slow',
  local: true,
  statistical: false,
  keyName: null,
  researchSibling: null,
  version: llm,
  price: null,
});

const noData = (message: string): ProviderFailure => new ProviderFailure('no_data', message, { sent: false });

const findForecast = (index: RecordedIndex, system: string, rowId: string): RecordedForecast => {
  if (!index.systems.has(system)) throw noData(`recorded has no system "${system}"`);
  const row = index.forecasts.get(rowId);
  if (!row && !index.questions.has(rowId)) throw noData(`recorded has no row "${rowId}"`);
  const found = row?.get(system);
  if (!found) throw noData(`recorded system "${system}" has no answer for row "${rowId}"`);
  return found;
};

const waitAsRecorded = async (
  forecast: RecordedForecast,
  scale: number,
  { signal, limits }: CompletionRequest,
): Promise<void> => {
  const latencyMs = Math.round((forecast.latencySecondsPerTrial ?? 0) * 1000 * scale);
  if (latencyMs > 0)
    await wait(Math.min(latencyMs, limits.deadlineMs), undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new ProviderFailure('timed_out', 'cancelled', { sent: true, latencyMs });
  if (latencyMs > limits.deadlineMs)
    throw new ProviderFailure('timed_out', `no answer within ${limits.deadlineMs} ms`, {
      sent: true,
      latencyMs: limits.deadlineMs,
    });
};

const indexOrFail = async (folder: string): Promise<RecordedIndex> => {
  try {
    return await loadRecordedIndex(folder);
  } catch (error) {
    throw noData(error instanceof Error ? error.message : 'the recorded folder is not readable');
  }
};

const complete = async (
  request: CompletionRequest,
  options: RecordedProviderOptions,
): Promise<Completion> => {
  const startedAt = performance.now();
  if (request.schema.name !== 'forecast')
    throw new ProviderFailure('bad_request', `recorded answers forecast, not "${request.schema.name}"`, {
      sent: false,
    });
  const { recordedRowId } = request.data;
  if (recordedRowId === undefined) throw noData('recorded needs the row_id of a recorded question');
  const index = await indexOrFail(options.folder);
  const system = request.model.providerModel;
  const forecast = findForecast(index, system, recordedRowId);
  await waitAsRecorded(forecast, options.latencyScale ?? 0, request);
  return {
    answer: {
      p_yes: forecast.p,
      reasons: [`Recorded answer of ${system}, log-odds mean of ${forecast.trials} trials.`],
      key_risks: [],
    },
    usage: usageOf(forecast),
    costMicroUsd: recordedCostMicroUsd(forecast),
    latencyMs: Math.round(performance.now() - startedAt),
    servedBy: index.systems.get(system)!.llm,
  };
};

/** The provider `recorded` over one folder. Answers only `forecast`; anything not recorded is `no_data`. */
export const createRecordedProvider = (options: RecordedProviderOptions): RecordedProvider => ({
  name: 'recorded',
  complete: (request) => complete(request, options),
  check: async () => {
    const startedAt = performance.now();
    const result = await loadRecordedIndex(options.folder).then(
      ({ systems, questions }) => ({ ok: true, detail: `${systems.size} systems, ${questions.size} rows` }),
      (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : 'not readable' }),
    );
    return { ...result, latencyMs: Math.round(performance.now() - startedAt) };
  },
  discover: async () => [...(await indexOrFail(options.folder)).systems.values()].map(entryOf),
  loadQuestion: async (rowId) => {
    const question = (await loadRecordedIndex(options.folder)).questions.get(rowId);
    if (!question)
      throw new RangeError(
        `row "${rowId}" is not in ${options.folder}; accepted: a row_id of questions.csv.gz`,
      );
    return question;
  },
});
