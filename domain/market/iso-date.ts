// Arithmetic on calendar days as `YYYY-MM-DD`, without time zones and without a clock.
import type { IsoDate, IsoInstant } from '../world';

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

const midnightMs = (date: IsoDate): number => Date.parse(`${date}T00:00:00.000Z`);

/** True for a day that exists, written `YYYY-MM-DD`. */
export const isIsoDate = (text: string): boolean => {
  if (!DATE.test(text)) return false;
  const at = midnightMs(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

/** @throws RangeError unless `text` is a day that exists. */
export const parseIsoDate = (text: string, field = 'date'): IsoDate => {
  if (!isIsoDate(text)) {
    throw new RangeError(
      `${field} "${text}" is not a calendar day; accepted: YYYY-MM-DD, such as 2025-09-15`,
    );
  }
  return text;
};

/** An instant with a zone in UTC with milliseconds; null unless it has a day that exists, a time and `Z` or an offset. */
export const isoInstantOf = (text: string): IsoInstant | null => {
  const at = INSTANT.test(text) && isIsoDate(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

/**
 * Brings an instant with a zone to UTC with milliseconds.
 * @throws RangeError unless it has a date, a time and `Z` or an offset.
 */
export const parseIsoInstant = (text: string, field = 'instant'): IsoInstant => {
  const instant = isoInstantOf(text);
  if (instant === null) {
    throw new RangeError(
      `${field} "${text}" is not an instant; accepted: ISO 8601 with zone, such as 2025-09-15T13:00:00Z`,
    );
  }
  return instant;
};

/** The day `count` calendar days later (earlier when negative). */
export const addDays = (date: IsoDate, count: number): IsoDate =>
  new Date(midnightMs(date) + count * DAY_MS).toISOString().slice(0, 10);

/** Calendar days from `from` to `to`. */
export const daysBetween = (from: IsoDate, to: IsoDate): number =>
  Math.round((midnightMs(to) - midnightMs(from)) / DAY_MS);

/** 0 is Sunday, 6 is Saturday. */
export const weekdayOf = (date: IsoDate): number => new Date(midnightMs(date)).getUTCDay();

/** Minutes after midnight of a local `HH:MM`. */
export const minutesOfDay = (time: string): number =>
  Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

const DAY_MINUTES = 1_440;

/** The local `HH:MM` so many minutes after midnight, or before it when negative; beyond a day that of another day. */
export const timeOfDay = (beyond: number): string => {
  const minutes = ((beyond % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
};

/** The instant `minutes` after the UTC midnight that begins `date`. */
export const instantAt = (date: IsoDate, minutes: number): IsoInstant =>
  new Date(midnightMs(date) + minutes * 60_000).toISOString();

/** The instant `minutes` later (earlier when negative). */
export const addMinutes = (instant: IsoInstant, minutes: number): IsoInstant =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();
