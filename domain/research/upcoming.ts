// Dated events ahead: what fundamentals say of earnings, and which of a model's lines a brief may carry. A day that
// nothing names may be made up, and all members would read it as an event ahead.
import type { IsoDate } from '../world';
import { markDates } from './question-dates';

export interface EarningsDays {
  readonly earningsDates: readonly IsoDate[];
  readonly earningsWindow?: { readonly from: IsoDate; readonly to: IsoDate };
}

/** Reports from `today` on, one line each; a window in which one is only expected is one line. */
export const earningsAhead = (
  { earningsDates, earningsWindow: expected }: EarningsDays,
  today: IsoDate,
): readonly string[] => [
  ...earningsDates.filter((date) => date >= today).map((date) => `${date}: earnings`),
  ...(expected && expected.to >= today
    ? [`${expected.from === expected.to ? '' : `${expected.from} to `}${expected.to} (estimated): earnings`]
    : []),
];

/** `2026-06-30`, `06-30`, `2026-06` or `2026-q2`; a year alone says too little. */
const datesIn = (text: string): readonly string[] =>
  [...markDates(text).matchAll(/@([\dq-]+)/g)].map(([, date]) => date!).filter((date) => date.length > 4);

const WHOLE_DAY_CHARS = '2026-06-30'.length;
const isWholeDay = (date: string): boolean => date.length === WHOLE_DAY_CHARS;

/** A whole day is known by its month, and without its year, as well. */
const formsOf = (date: string): readonly string[] =>
  isWholeDay(date) ? [date, date.slice(0, 7), date.slice(5)] : [date];

export interface KnownAhead {
  /** What the sources know of events ahead, each line with its day. */
  readonly upcoming: readonly string[];
  /** Texts of documents. */
  readonly texts: readonly string[];
}

/**
 * The lines of `told` whose dates all stand in the sources, before them the sources' own that none of these says;
 * `madeUp` are the lines with a date that no source names. Lines without a date are left out.
 */
export const knownUpcoming = (
  told: readonly string[],
  { upcoming, texts }: KnownAhead,
): { readonly upcoming: readonly string[]; readonly madeUp: readonly string[] } => {
  const known = new Set([...upcoming, ...texts].flatMap(datesIn).flatMap(formsOf));
  const isKnown = (date: string): boolean =>
    known.has(date) || (isWholeDay(date) && known.has(date.slice(5)));
  const dated = told.filter((line) => datesIn(line).length > 0);
  const kept = dated.filter((line) => datesIn(line).every(isKnown));
  const said = new Set(kept.flatMap(datesIn));
  return {
    upcoming: [...upcoming.filter((line) => !datesIn(line).every((date) => said.has(date))), ...kept],
    madeUp: dated.filter((line) => !kept.includes(line)),
  };
};
