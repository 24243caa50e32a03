// Reads recorded questions and forecasts from CSV files, plain or gzipped, line by line, so that a million
// forecasts never lie in memory as text.
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { readForecast, readQuestion, type TextColumns } from '../domain/track/backtest-rows';
import { type BacktestTable, tableBuilder } from '../domain/track/backtest-table';

const QUESTION_COLUMNS = [
  'row_id',
  'source',
  'base_id',
  'forecast_due_date',
  'resolution_date',
  'y',
  'qtype',
  'market_value_freeze',
  'market_value_due',
  'category',
] as const;
const QUESTION_REQUIRED = QUESTION_COLUMNS.slice(0, 7);

const FORECAST_COLUMNS = [
  'row_id',
  'system',
  'p',
  'usd_per_trial',
  'n_trials',
  'silent_half',
  'crowd',
] as const;
const FORECAST_REQUIRED = FORECAST_COLUMNS.slice(0, 3);

/** 53-bit string hash (cyrb53, public domain); a collision hides one changed duplicate in 10^16. */
const contentHash = (fields: readonly string[]): number => {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const field of fields) {
    for (let i = 0; i <= field.length; i += 1) {
      const code = i === field.length ? 31 : field.charCodeAt(i);
      high = Math.imul(high ^ code, 2654435761);
      low = Math.imul(low ^ code, 1597334677);
    }
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
};

interface ColumnSet {
  readonly wanted: readonly string[];
  readonly required: readonly string[];
}

const positionsOf = (header: readonly string[], columns: ColumnSet, name: string): [string, number][] => {
  const missing = columns.required.find((column) => !header.includes(column));
  if (missing !== undefined)
    throw new RangeError(
      `${name}: column ${missing} is missing; accepted: a header with ${columns.required.join(', ')}`,
    );
  return columns.wanted.flatMap((column): [string, number][] => {
    const at = header.indexOf(column);
    return at < 0 ? [] : [[column, at]];
  });
};

type OnRow = (columns: TextColumns, place: string, fields: readonly string[]) => void;

const openRows = (path: string): AsyncIterable<readonly string[]> => {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const parser = parse({ bom: true, skip_empty_lines: true });
  file.on('error', (error) => parser.destroy(error));
  if (!path.endsWith('.gz')) return file.pipe(parser);
  const gunzip = createGunzip();
  gunzip.on('error', (error) => parser.destroy(error));
  return file.pipe(gunzip).pipe(parser);
};

const inFile = (name: string, error: unknown): unknown =>
  error instanceof RangeError || !(error instanceof Error)
    ? error
    : new RangeError(`${name}: ${error.message}; accepted: a CSV file, plain or .gz`);

const readRows = async (path: string, columns: ColumnSet, onRow: OnRow): Promise<void> => {
  const name = basename(path);
  await access(path).catch(() => {
    throw new RangeError(`file ${path} cannot be read; accepted: a CSV file, plain or .gz`);
  });
  let positions: [string, number][] | null = null;
  let row = 0;
  try {
    for await (const fields of openRows(path)) {
      if (positions === null) positions = positionsOf(fields, columns, name);
      else {
        row += 1;
        const named: Record<string, string | undefined> = {};
        for (const [column, at] of positions) named[column] = fields[at];
        onRow(named, `${name} row ${row}`, fields);
      }
    }
  } catch (error) {
    throw inFile(name, error);
  }
  if (positions === null) throw new RangeError(`${name}: is empty; accepted: a header and rows`);
};

export interface BacktestFiles {
  readonly questions: readonly string[];
  readonly forecasts: readonly string[];
  readonly members: readonly string[];
}

/**
 * Reads and joins all files: questions first, then forecasts.
 * @throws RangeError naming file, row, column and the accepted form of the first unusable row.
 */
export const readBacktestTable = async (files: BacktestFiles): Promise<BacktestTable> => {
  const builder = tableBuilder(files.members);
  for (const path of files.questions)
    await readRows(path, { wanted: QUESTION_COLUMNS, required: QUESTION_REQUIRED }, (columns, place) =>
      builder.addQuestion(readQuestion(columns, place), place),
    );
  for (const path of files.forecasts)
    await readRows(
      path,
      { wanted: FORECAST_COLUMNS, required: FORECAST_REQUIRED },
      (columns, place, fields) =>
        builder.addForecast(readForecast(columns, place), place, contentHash(fields)),
    );
  return builder.finish();
};
