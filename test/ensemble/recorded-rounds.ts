// Reads the recorded forecasts for the parity tests: rows that every member of a pool answered.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

export interface RecordedRow {
  readonly rowId: string;
  readonly due: string;
  readonly class: 'market' | 'dataset';
  readonly y: 0 | 1;
  readonly bySystem: Readonly<Record<string, number>>;
}

const read = (path: string): readonly Record<string, string>[] =>
  parse(gunzipSync(readFileSync(path)), { columns: true }) as Record<string, string>[];

/** Market and dataset rows of the rounds `wanted` accepts, with every system's forecast. */
export const recordedRows = (
  folder: string,
  wanted: (due: string) => boolean = () => true,
): readonly RecordedRow[] => {
  const bySystem = new Map<string, Record<string, number>>();
  for (const forecast of read(join(folder, 'forecasts.csv.gz'))) {
    const systems = bySystem.get(forecast.row_id!) ?? {};
    systems[forecast.system!] = Number(forecast.p);
    bySystem.set(forecast.row_id!, systems);
  }
  return read(join(folder, 'questions.csv.gz')).flatMap((question) => {
    const systems = bySystem.get(question.row_id!);
    const kind = question.qtype;
    if (!systems || (kind !== 'market' && kind !== 'dataset')) return [];
    if (!wanted(question.forecast_due_date!)) return [];
    return [
      {
        rowId: question.row_id!,
        due: question.forecast_due_date!,
        class: kind,
        y: question.y === '1' ? 1 : 0,
        bySystem: systems,
      } as const,
    ];
  });
};

/** The members' probabilities of the rows all of them answered. */
export const completeRows = (
  rows: readonly RecordedRow[],
  members: readonly string[],
): readonly { readonly y: 0 | 1; readonly ps: readonly number[]; readonly row: RecordedRow }[] =>
  rows
    .filter((row) => members.every((member) => row.bySystem[member] !== undefined))
    .map((row) => ({ y: row.y, ps: members.map((member) => row.bySystem[member]!), row }));
