// All recorded forecasts as pools that can be backtested: systems that answered the same rows, seven at a time,
// so that every forecast is in exactly one pool.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { readBacktestTable } from '../../client/backtest-files';
import type { BacktestTable } from '../../domain/track/backtest-table';

const FOLDER = join(process.cwd(), '..', 'shared', 'data', 'forecasts');

/** Paths of the recorded set; null on a machine without it. */
export const recordedFiles = (): { questions: string[]; forecasts: string[] } | null =>
  existsSync(join(FOLDER, 'forecasts.csv.gz'))
    ? { questions: [join(FOLDER, 'questions.csv.gz')], forecasts: [join(FOLDER, 'forecasts.csv.gz')] }
    : null;

const systemsIn = (file: string): string[] => {
  const rows: { system: string }[] = parse(gunzipSync(readFileSync(file)), { columns: true });
  return [...new Set(rows.map((row) => row.system))].sort();
};

/** The table of some members only; rows that none of them answered are left out. */
export const tableOf = (table: BacktestTable, members: readonly string[]): BacktestTable => {
  const at = members.map((member) => table.members.indexOf(member));
  const pick = <T>(values: readonly T[]): T[] => at.map((m) => values[m]!);
  const rows = table.rows.map((row) => ({
    ...row,
    p: pick(row.p),
    silent: pick(row.silent),
    costUsd: pick(row.costUsd),
  }));
  return {
    ...table,
    members,
    priceAware: pick(table.priceAware),
    rows: rows.filter((row) => row.p.some((p) => !Number.isNaN(p))),
  };
};

/** Which rows a system answered, as one string. */
const coverage = (table: BacktestTable, m: number): string =>
  table.rows.flatMap((row, i) => (Number.isNaN(row.p[m]!) ? [] : [i])).join(',');

/** Every recorded forecast in pools of at most `size` systems with the same rows. */
export const recordedPools = async (size: number): Promise<readonly BacktestTable[] | null> => {
  const files = recordedFiles();
  if (files === null) return null;
  const members = systemsIn(files.forecasts[0]!);
  const table = await readBacktestTable({ ...files, members });
  const groups = new Map<string, string[]>();
  for (const [m, member] of members.entries()) {
    const key = coverage(table, m);
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return [...groups.values()].flatMap((names) =>
    Array.from({ length: Math.ceil(names.length / size) }, (_, i) =>
      tableOf(table, names.slice(i * size, (i + 1) * size)),
    ),
  );
};
