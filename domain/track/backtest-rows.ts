// The rows a backtest reads, and what makes one unusable: every bad row is refused with its place and
// reason, so that the rest is never scored in silence.
import type { IsoDate } from '../world';
import type { Outcome } from './scoring';

/** A question at one resolution date, with its outcome. */
export interface QuestionRow {
  readonly rowId: string;
  readonly source: string;
  readonly baseId: string;
  readonly dueDate: IsoDate;
  readonly resolutionDate: IsoDate;
  readonly y: Outcome;
  /** Price of yes that forecasters could see; null where there is no market. */
  readonly marketPrice: number | null;
  /** Price of yes on the day the forecast was due: what a trade would have paid; null where unknown. */
  readonly duePrice: number | null;
  /** Class of the row, e.g. `market` or `dataset`: the category that weights and calibrators are kept by. */
  readonly className: string;
  readonly category: string;
}

/** One member's recorded forecast. */
export interface ForecastRow {
  readonly rowId: string;
  readonly system: string;
  readonly p: number;
  /** Cost of all trials, per question (not per row); null when unknown. */
  readonly costUsd: number | null;
  /** Every trial was exactly one half: a failed run stored as if it were a forecast. */
  readonly silent: boolean;
  /** The market's price was in the prompt (column `crowd`). */
  readonly priceShown: boolean;
}

/** Text columns of one line, as read. */
export type TextColumns = Readonly<Record<string, string | undefined>>;

/** File and line, for messages, e.g. `questions.csv.gz line 17`. */
export type Place = string;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const refuse = (place: Place, reason: string): never => {
  throw new RangeError(`${place}: ${reason}`);
};

const text = (columns: TextColumns, name: string, place: Place): string =>
  columns[name] || refuse(place, `${name} is empty; accepted: text`);

const isDate = (value: string): boolean => {
  if (!DATE.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(value);
};

const date = (columns: TextColumns, name: string, place: Place): IsoDate => {
  const value = columns[name] ?? '';
  return isDate(value) ? value : refuse(place, `${name} is "${value}"; accepted: a date YYYY-MM-DD`);
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const number = (value: string): number => (NUMBER.test(value.trim()) ? Number(value) : Number.NaN);

const probability = (columns: TextColumns, name: string, place: Place): number => {
  const value = number(columns[name] ?? '');
  if (value >= 0 && value <= 1) return value;
  return refuse(place, `${name} is "${columns[name] ?? ''}"; accepted: a probability in [0, 1]`);
};

const optionalProbability = (columns: TextColumns, name: string, place: Place): number | null =>
  columns[name] ? probability(columns, name, place) : null;

const outcome = (columns: TextColumns, place: Place): Outcome => {
  const value = number(columns.y ?? '');
  if (value === 0 || value === 1) return value;
  return refuse(place, `y is "${columns.y ?? ''}"; accepted: 0 or 1`);
};

/**
 * Reads a question line.
 * @throws RangeError naming the place, the column and the accepted form; also when the outcome is dated
 * before the forecast was due.
 */
export const readQuestion = (columns: TextColumns, place: Place): QuestionRow => {
  const rowId = text(columns, 'row_id', place);
  const named = `${place} (row_id ${rowId})`;
  const dueDate = date(columns, 'forecast_due_date', named);
  const resolutionDate = date(columns, 'resolution_date', named);
  if (resolutionDate < dueDate)
    refuse(
      named,
      `outcome before the forecast: resolution_date ${resolutionDate} is before forecast_due_date ${dueDate}; accepted: on or after it`,
    );
  const duePrice = optionalProbability(columns, 'market_value_due', named);
  return {
    rowId,
    source: text(columns, 'source', named),
    baseId: text(columns, 'base_id', named),
    dueDate,
    resolutionDate,
    y: outcome(columns, named),
    marketPrice: optionalProbability(columns, 'market_value_freeze', named) ?? duePrice,
    duePrice,
    className: text(columns, 'qtype', named),
    category: columns.category || 'unknown',
  };
};

/** A yes-or-no column; empty and absent are no. */
const flag = (columns: TextColumns, name: string, place: Place): boolean => {
  if (!columns[name]) return false;
  const value = number(columns[name]);
  if (value === 0 || value === 1) return value === 1;
  return refuse(place, `${name} is "${columns[name]}"; accepted: 0, 1 or nothing`);
};

const trialsOf = (columns: TextColumns, place: Place): number => {
  if (!columns.n_trials) return 1;
  const value = number(columns.n_trials);
  if (value >= 0 && Number.isInteger(value)) return Math.max(value, 1);
  return refuse(place, `n_trials is "${columns.n_trials}"; accepted: a whole number of at least 0`);
};

const cost = (columns: TextColumns, place: Place): number | null => {
  if (!columns.usd_per_trial) return null;
  const perTrial = number(columns.usd_per_trial);
  if (!(perTrial >= 0))
    refuse(place, `usd_per_trial is "${columns.usd_per_trial}"; accepted: dollars of at least 0`);
  return perTrial * trialsOf(columns, place);
};

/** Reads a forecast line. @throws RangeError naming the place, the column and the accepted form. */
export const readForecast = (columns: TextColumns, place: Place): ForecastRow => {
  const rowId = text(columns, 'row_id', place);
  const system = text(columns, 'system', place);
  const named = `${place} (row_id ${rowId}, system ${system})`;
  return {
    rowId,
    system,
    p: probability(columns, 'p', named),
    costUsd: cost(columns, named),
    silent: flag(columns, 'silent_half', named),
    priceShown: flag(columns, 'crowd', named),
  };
};
