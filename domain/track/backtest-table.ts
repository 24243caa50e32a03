// Joins question and forecast rows into one table in time order. Duplicates with other content, forecasts
// without a question, unknown members and questions on both sides of a split are refused.
import type { IsoDate } from '../world';
import { type ForecastRow, type Place, type QuestionRow, refuse } from './backtest-rows';

/** A question row with the members' answers, in member order. */
export interface BacktestRow extends QuestionRow {
  /** Cluster for resampling and hold-outs: rows of one question share their luck, over all rounds. */
  readonly cluster: string;
  /** The question in its round: all horizons asked together. */
  readonly question: string;
  /** NaN where a member has no forecast. */
  readonly p: number[];
  readonly silent: boolean[];
  /** Cost per question; NaN where unknown. */
  readonly costUsd: number[];
}

export interface BacktestTable {
  readonly members: readonly string[];
  /** By member: every forecast of it was made with the market's price in sight. */
  readonly priceAware: readonly boolean[];
  /** By due date, then in the order of the question file. */
  readonly rows: readonly BacktestRow[];
  /** Identical rows that came again. */
  readonly repeatedRows: number;
}

export interface TableBuilder {
  readonly addQuestion: (row: QuestionRow, place: Place) => void;
  readonly addForecast: (row: ForecastRow, place: Place, contentHash: number) => void;
  readonly finish: () => BacktestTable;
}

const sameQuestion = (x: QuestionRow, y: QuestionRow): boolean =>
  (Object.keys(x) as (keyof QuestionRow)[]).every((key) => x[key] === y[key]);

/** One copy of each repeated text: a million rows share few dates, classes and questions. */
const interner = (): ((text: string) => string) => {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    known.set(text, text);
    return text;
  };
};

const emptyRow = (row: QuestionRow, members: number, intern: (text: string) => string): BacktestRow => ({
  rowId: row.rowId,
  y: row.y,
  marketPrice: row.marketPrice,
  duePrice: row.duePrice,
  source: intern(row.source),
  baseId: intern(row.baseId),
  dueDate: intern(row.dueDate),
  resolutionDate: intern(row.resolutionDate),
  className: intern(row.className),
  category: intern(row.category),
  cluster: intern(`${row.source}|${row.baseId}`),
  question: intern(`${row.source}|${row.baseId}|${row.dueDate}`),
  p: new Array<number>(members).fill(Number.NaN),
  silent: new Array<boolean>(members).fill(false),
  costUsd: new Array<number>(members).fill(Number.NaN),
});

const assertMembers = (members: readonly string[]): void => {
  if (members.length === 0) throw new RangeError('members is empty; accepted: at least one system');
  const twice = members.find((member, i) => members.indexOf(member) !== i);
  if (twice !== undefined) throw new RangeError(`members names "${twice}" twice; accepted: each once`);
};

const assertNoSecondName = (rows: readonly BacktestRow[]): void => {
  const seen = new Map<string, string>();
  for (const row of rows) {
    const key = `${row.question}|${row.resolutionDate}|${row.className}`;
    const other = seen.get(key);
    if (other !== undefined)
      refuse(
        `row_id ${row.rowId}`,
        `is the same question and date as row_id ${other}; accepted: one row each`,
      );
    seen.set(key, row.rowId);
  }
};

/** Questions are refused or held by row_id; forecasts must follow their questions. */
export const tableBuilder = (members: readonly string[]): TableBuilder => {
  assertMembers(members);
  const memberAt = new Map(members.map((member, i) => [member, i]));
  const rows: BacktestRow[] = [];
  const rowAt = new Map<string, number>();
  const systemAt = new Map<string, number>();
  const hashes: Map<number, number>[] = [];
  const intern = interner();
  const priceAware = new Array<boolean>(members.length).fill(true);
  let repeatedRows = 0;

  const addQuestion = (row: QuestionRow, place: Place): void => {
    const at = rowAt.get(row.rowId);
    if (at === undefined) {
      rowAt.set(row.rowId, rows.length);
      rows.push(emptyRow(row, members.length, intern));
      return;
    }
    if (!sameQuestion(row, stripped(rows[at]!)))
      refuse(place, `duplicate row_id ${row.rowId} with other content; accepted: one content per row_id`);
    repeatedRows += 1;
  };

  const isRepeat = (row: ForecastRow, at: number, place: Place, contentHash: number): boolean => {
    const system = systemAt.get(row.system) ?? systemAt.size;
    systemAt.set(row.system, system);
    hashes[system] ??= new Map();
    const known = hashes[system].get(at);
    hashes[system].set(at, contentHash);
    if (known === undefined) return false;
    if (known !== contentHash)
      refuse(
        place,
        `duplicate forecast for row_id ${row.rowId}, system ${row.system} with other content; accepted: one content per row_id and system`,
      );
    return true;
  };

  const addForecast = (row: ForecastRow, place: Place, contentHash: number): void => {
    const at = rowAt.get(row.rowId);
    if (at === undefined)
      throw new RangeError(
        `${place}: row_id ${row.rowId} is not among the questions; accepted: a known row_id`,
      );
    if (isRepeat(row, at, place, contentHash)) {
      repeatedRows += 1;
      return;
    }
    const member = memberAt.get(row.system);
    if (member === undefined) return;
    const target = rows[at]!;
    target.p[member] = row.p;
    target.silent[member] = row.silent;
    if (!row.priceShown) priceAware[member] = false;
    target.costUsd[member] = row.costUsd ?? Number.NaN;
  };

  const finish = (): BacktestTable => {
    const unknown = members.find((member) => !systemAt.has(member));
    if (unknown !== undefined) {
      const known = [...systemAt.keys()].sort().slice(0, 60).join(', ');
      throw new RangeError(`member "${unknown}" has no forecast in the files; accepted: ${known}`);
    }
    assertNoSecondName(rows);
    const order = rows.map((_, i) => i);
    order.sort((x, y) => compareDates(rows[x]!.dueDate, rows[y]!.dueDate) || x - y);
    return { members, priceAware, rows: order.map((i) => rows[i]!), repeatedRows };
  };

  return { addQuestion, addForecast, finish };
};

const compareDates = (x: IsoDate, y: IsoDate): number => (x < y ? -1 : x > y ? 1 : 0);

const stripped = (row: BacktestRow): QuestionRow => ({
  rowId: row.rowId,
  source: row.source,
  baseId: row.baseId,
  dueDate: row.dueDate,
  resolutionDate: row.resolutionDate,
  y: row.y,
  marketPrice: row.marketPrice,
  duePrice: row.duePrice,
  className: row.className,
  category: row.category,
});

/**
 * Guards a split: no training row may share its cluster with a test row, nor resolve on or after the day
 * the test forecasts were due.
 * @throws RangeError naming the row and the reason.
 */
export const assertSplit = (
  training: readonly Pick<BacktestRow, 'rowId' | 'cluster' | 'resolutionDate'>[],
  test: readonly Pick<BacktestRow, 'cluster' | 'dueDate'>[],
): void => {
  const clusters = new Set(test.map((row) => row.cluster));
  const due = test.map((row) => row.dueDate).sort()[0] ?? '9999-12-31';
  for (const row of training) {
    if (clusters.has(row.cluster))
      refuse(
        `row_id ${row.rowId}`,
        `its question ${row.cluster} is in both sides of the split; accepted: one side`,
      );
    if (row.resolutionDate >= due)
      refuse(
        `row_id ${row.rowId}`,
        `resolved on ${row.resolutionDate}, not before ${due}; accepted: earlier`,
      );
  }
};
