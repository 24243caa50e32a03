// Reads a folder of recorded forecasts once per process into a small index: questions.csv.gz and
// forecasts.csv.gz stream through the parser, and only the columns that answers need are kept.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** One question at one resolution date, as recorded. */
export interface RecordedQuestion {
  readonly rowId: string;
  readonly source: string;
  readonly baseId: string;
  /** ISO dates; `resolutionDate` is the day, also for markets. */
  readonly forecastDueDate: string;
  readonly resolutionDate: string;
  /** 1 yes, 0 no, null unresolved. */
  readonly outcome: 0 | 1 | null;
  /** The market's price that systems with `crowd=1` were shown; null where there is none. */
  readonly marketValueFreeze: number | null;
  readonly marketDate: string | null;
  readonly marketValueDue: number | null;
  /** `market`, `dataset` or `metaculus_tournament`. */
  readonly questionType: string;
  readonly category: string;
  readonly question: string;
}

/** One system's recorded answer; costs and latency are per question, as in the file. */
export interface RecordedForecast {
  readonly p: number;
  readonly trials: number;
  readonly usdPerTrial: number | null;
  readonly latencySecondsPerTrial: number | null;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
  readonly rowsOfQuestion: number;
  readonly silentHalf: boolean;
}

export interface RecordedSystem {
  readonly system: string;
  readonly llm: string;
  readonly forecasts: number;
  /** Rows without a recorded cost; left out of cost shares. */
  readonly withoutCost: number;
}

export interface RecordedIndex {
  readonly systems: ReadonlyMap<string, RecordedSystem>;
  readonly questions: ReadonlyMap<string, RecordedQuestion>;
  /** By row id, then by system. */
  readonly forecasts: ReadonlyMap<string, ReadonlyMap<string, RecordedForecast>>;
}

type Row = Readonly<Record<string, string>>;
type Reader = (row: Row, where: (column: string) => string) => void;

const QUESTION_COLUMNS = [
  'row_id',
  'source',
  'base_id',
  'forecast_due_date',
  'resolution_date',
  'y',
  'market_value_freeze',
  'market_date',
  'market_value_due',
  'qtype',
  'category',
  'question',
] as const;
const FORECAST_COLUMNS = [
  'row_id',
  'system',
  'llm',
  'p',
  'n_trials',
  'usd_per_trial',
  'latency_s_per_trial',
  'tokens_in',
  'tokens_out',
  'n_rows_of_question',
  'silent_half',
] as const;

const fileIn = (folder: string, name: string): string => {
  const found = [`${name}.csv.gz`, `${name}.csv`].map((file) => join(folder, file)).find(existsSync);
  if (!found)
    throw new RangeError(
      `recorded folder "${folder}" has no ${name}.csv.gz; accepted: a folder with questions.csv.gz and forecasts.csv.gz`,
    );
  return found;
};

const checkHeader = (header: readonly string[], columns: readonly string[], path: string): string[] => {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new RangeError(`${path} line 1 lacks the columns ${missing.join(', ')}`);
  return [...header];
};

const eachRow = async (path: string, columns: readonly string[], read: Reader): Promise<void> => {
  const parser = parse({ columns: (header: string[]) => checkHeader(header, columns, path), info: true });
  const source = createReadStream(path);
  const piped = path.endsWith('.gz') ? pipeline(source, createGunzip(), parser) : pipeline(source, parser);
  const consume = async (): Promise<void> => {
    for await (const { record, info } of parser as AsyncIterable<{ record: Row; info: { lines: number } }>)
      read(record, (column) => `${path} line ${info.lines} column ${column}`);
  };
  try {
    await Promise.all([piped, consume()]);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError(
      `${path} is not readable as CSV: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
};

const optional = (row: Row, column: string, where: (column: string) => string): number | null => {
  const text = row[column]!.trim();
  if (text === '') return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`${where(column)} is not a number of at least 0`);
  return value;
};

const probability = (row: Row, column: string, where: (column: string) => string): number => {
  const value = optional(row, column, where);
  if (value === null || value > 1) throw new RangeError(`${where(column)} is not a probability from 0 to 1`);
  return value;
};

const questionOf: (row: Row, where: (column: string) => string) => RecordedQuestion = (row, where) => {
  const outcome = optional(row, 'y', where);
  return {
    rowId: row.row_id!,
    source: row.source!,
    baseId: row.base_id!,
    forecastDueDate: row.forecast_due_date!,
    resolutionDate: row.resolution_date!,
    outcome: outcome === 1 ? 1 : outcome === 0 ? 0 : null,
    marketValueFreeze: optional(row, 'market_value_freeze', where),
    marketDate: row.market_date || null,
    marketValueDue: optional(row, 'market_value_due', where),
    questionType: row.qtype!,
    category: row.category!,
    question: row.question!,
  };
};

const forecastOf = (row: Row, where: (column: string) => string): RecordedForecast => ({
  p: probability(row, 'p', where),
  trials: optional(row, 'n_trials', where) ?? 1,
  usdPerTrial: optional(row, 'usd_per_trial', where),
  latencySecondsPerTrial: optional(row, 'latency_s_per_trial', where),
  tokensIn: optional(row, 'tokens_in', where),
  tokensOut: optional(row, 'tokens_out', where),
  rowsOfQuestion: Math.max(1, optional(row, 'n_rows_of_question', where) ?? 1),
  silentHalf: row.silent_half === '1',
});

const load = async (folder: string): Promise<RecordedIndex> => {
  const questions = new Map<string, RecordedQuestion>();
  const systems = new Map<string, RecordedSystem>();
  const forecasts = new Map<string, Map<string, RecordedForecast>>();
  await eachRow(fileIn(folder, 'questions'), QUESTION_COLUMNS, (row, where) => {
    questions.set(row.row_id!, questionOf(row, where));
  });
  await eachRow(fileIn(folder, 'forecasts'), FORECAST_COLUMNS, (row, where) => {
    const forecast = forecastOf(row, where);
    const { system, llm, row_id: rowId } = row as { system: string; llm: string; row_id: string };
    const bySystem = forecasts.get(rowId) ?? new Map<string, RecordedForecast>();
    forecasts.set(rowId, bySystem.set(system, forecast));
    const known = systems.get(system) ?? { system, llm, forecasts: 0, withoutCost: 0 };
    systems.set(system, {
      ...known,
      forecasts: known.forecasts + 1,
      withoutCost: known.withoutCost + (forecast.usdPerTrial === null ? 1 : 0),
    });
  });
  return { questions, systems, forecasts };
};

const cache = new Map<string, Promise<RecordedIndex>>();

const versionOf = (folder: string): string => {
  const times = ['questions', 'forecasts'].map((name) => statSync(fileIn(folder, name)).mtimeMs);
  return `${folder}|${times.join('|')}`;
};

/**
 * The folder's index, read once per process and version of its files.
 * @throws RangeError naming file, line and column when the folder is not of the documented form
 */
export const loadRecordedIndex = async (folder: string): Promise<RecordedIndex> => {
  const key = versionOf(folder);
  const known = cache.get(key);
  if (known) return known;
  const loading = load(folder);
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
};
