// Trading days and hours of each market as pure functions over the committed calendars: no clock, no zone
// database, so that a replay on another machine gets the same days.
import type { IsoDate, IsoInstant } from '../world';
import {
  CALENDAR_FIRST_DAY,
  CALENDAR_LAST_DAY,
  EXCHANGE_CALENDARS,
  type ExchangeCalendar,
} from './exchange-calendars';
import {
  addDays,
  addMinutes,
  daysBetween,
  instantAt,
  minutesOfDay,
  parseIsoDate,
  weekdayOf,
} from './iso-date';
import { type Exchange, isAlwaysOpen, type Market } from './market';

export interface SessionTimes {
  readonly openUtc: IsoInstant;
  readonly closeUtc: IsoInstant;
  readonly earlyClose: boolean;
}

/** Why a market does not trade on a day; null when it does. */
export type ClosedReason = 'weekend' | 'holiday' | null;

const calendarOf = (exchange: Exchange): ExchangeCalendar => EXCHANGE_CALENDARS[exchange];

const HOLIDAYS = Object.fromEntries(
  Object.entries(EXCHANGE_CALENDARS).map(([code, calendar]) => [code, new Set<string>(calendar.holidays)]),
) as unknown as Readonly<Record<Exchange, ReadonlySet<string>>>;

/** @throws RangeError when `date` is no day or lies outside the committed calendars. */
const covered = (market: Market, date: IsoDate): IsoDate => {
  parseIsoDate(date);
  if (!isAlwaysOpen(market) && (date < CALENDAR_FIRST_DAY || date > CALENDAR_LAST_DAY)) {
    throw new RangeError(
      `date ${date} is outside the calendar of ${market}, which runs from ${CALENDAR_FIRST_DAY} to ${CALENDAR_LAST_DAY}; accepted: a day within it, which scripts/generate-calendars.py extends`,
    );
  }
  return date;
};

/** The last entry of a list ordered by `from` that is in force on `date`. */
const inForce = <T extends { readonly from: string }>(entries: readonly T[], date: IsoDate): T =>
  entries.findLast((entry) => entry.from <= date) ?? entries[0]!;

/** Minutes by which the market's local time is ahead of UTC on `date` (at noon). */
const offsetMinutes = (market: Market, date: IsoDate): number =>
  isAlwaysOpen(market) ? 0 : inForce(calendarOf(market).utcOffsets, date).minutes;

/** Why `market` is closed on `date`, or null when it trades. @throws RangeError outside the calendar. */
export const closedReason = (market: Market, date: IsoDate): ClosedReason => {
  covered(market, date);
  if (isAlwaysOpen(market)) return null;
  const weekday = weekdayOf(date);
  if (weekday === 0 || weekday === 6) return 'weekend';
  return HOLIDAYS[market].has(date) ? 'holiday' : null;
};

/** True when `market` trades on `date`. @throws RangeError outside the calendar. */
export const isTradingDay = (market: Market, date: IsoDate): boolean => closedReason(market, date) === null;

/** All trading days from `from` to `to`, both included, oldest first. @throws RangeError outside the calendar. */
export const tradingDays = (market: Market, from: IsoDate, to: IsoDate): readonly IsoDate[] => {
  covered(market, from);
  covered(market, to);
  const days: IsoDate[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) if (isTradingDay(market, day)) days.push(day);
  return days;
};

/** The UTC instant of a local `HH:MM` of `market` on `date`. */
export const localInstant = (market: Market, date: IsoDate, time: string): IsoInstant =>
  instantAt(covered(market, date), minutesOfDay(time) - offsetMinutes(market, date));

/**
 * Opening and closing instant of a trading day. Tokyo's lunch break is not modelled.
 * @throws RangeError when the market is closed on `date`, with the next trading day.
 */
export const sessionTimes = (market: Market, date: IsoDate): SessionTimes => {
  const reason = closedReason(market, date);
  if (reason !== null) {
    throw new RangeError(
      `${market} is closed on ${date} (${reason}); the next trading day is ${nextTradingDay(market, date)}`,
    );
  }
  if (isAlwaysOpen(market)) {
    return { openUtc: instantAt(date, 0), closeUtc: instantAt(addDays(date, 1), 0), earlyClose: false };
  }
  const calendar = calendarOf(market);
  const hours = inForce(calendar.hours, date);
  const early = calendar.earlyCloses[date];
  return {
    openUtc: localInstant(market, date, hours.open),
    closeUtc: localInstant(market, date, early ?? hours.close),
    earlyClose: early !== undefined,
  };
};

/** Local opening and closing time of a usual day under the newest hours. One that never closes ends its day at 24:00. */
export const usualHours = (market: Market): { readonly open: string; readonly close: string } => {
  if (isAlwaysOpen(market)) return { open: '00:00', close: '24:00' };
  const { open, close } = inForce(calendarOf(market).hours, CALENDAR_LAST_DAY);
  return { open, close };
};

const step = (market: Market, date: IsoDate, direction: 1 | -1): IsoDate => {
  let day = addDays(date, direction);
  while (!isTradingDay(market, day)) day = addDays(day, direction);
  return day;
};

/** The first trading day after `date`. @throws RangeError where the calendar ends. */
export const nextTradingDay = (market: Market, date: IsoDate): IsoDate => step(market, date, 1);

/** The last trading day before `date`. @throws RangeError where the calendar begins. */
export const previousTradingDay = (market: Market, date: IsoDate): IsoDate => step(market, date, -1);

/**
 * The trading day `count` trading days after `date` (before it when negative). `date` itself need not trade;
 * with 0 it is returned as it is.
 * @throws RangeError where the calendar ends, or when `count` is not a whole number.
 */
export const addTradingDays = (market: Market, date: IsoDate, count: number): IsoDate => {
  if (!Number.isInteger(count)) throw new RangeError(`count is ${count}; accepted: a whole number of days`);
  let day = covered(market, date);
  for (let left = Math.abs(count); left > 0; left -= 1) day = step(market, day, count > 0 ? 1 : -1);
  return day;
};

/** The market's local calendar day at an instant. */
export const localDateOf = (market: Market, instant: IsoInstant): IsoDate => {
  const utcDate = instant.slice(0, 10);
  return isAlwaysOpen(market) ? utcDate : addMinutes(instant, offsetMinutes(market, utcDate)).slice(0, 10);
};

/**
 * The newest trading day whose daily bar is known at `asOf`: a bar is known from its close on.
 * @throws RangeError outside the calendar.
 */
export const lastKnownTradingDay = (market: Market, asOf: IsoInstant): IsoDate => {
  const today = covered(market, localDateOf(market, asOf));
  const closed =
    isTradingDay(market, today) && Date.parse(sessionTimes(market, today).closeUtc) <= Date.parse(asOf);
  return closed ? today : previousTradingDay(market, today);
};

/**
 * The first close after `asOf`: from then on there is a bar newer than those known now. Null where the calendar ends.
 * @throws RangeError outside the calendar.
 */
export const nextClose = (market: Market, asOf: IsoInstant): IsoInstant | null => {
  let day = addDays(lastKnownTradingDay(market, asOf), 1);
  while (isAlwaysOpen(market) || day <= CALENDAR_LAST_DAY) {
    if (isTradingDay(market, day)) return sessionTimes(market, day).closeUtc;
    day = addDays(day, 1);
  }
  return null;
};

/** True between open (included) and close (excluded) of a trading day. @throws RangeError outside the calendar. */
export const isMarketOpen = (market: Market, instant: IsoInstant): boolean => {
  const date = localDateOf(market, instant);
  if (!isTradingDay(market, date)) return false;
  const { openUtc, closeUtc } = sessionTimes(market, date);
  const at = Date.parse(instant);
  return Date.parse(openUtc) <= at && at < Date.parse(closeUtc);
};

/** Days before the calendar's end from which a warning is due: a quarter leaves time to update. */
const WARN_DAYS = 90;

/** A warning when the committed calendar ends within 90 days of `asOf` or has ended; else null. */
export const calendarEndWarning = (market: Market, asOf: IsoInstant): string | null => {
  if (isAlwaysOpen(market)) return null;
  const left = daysBetween(asOf.slice(0, 10), CALENDAR_LAST_DAY);
  if (left > WARN_DAYS) return null;
  const when = left < 0 ? `ended on ${CALENDAR_LAST_DAY}` : `ends on ${CALENDAR_LAST_DAY}, in ${left} days`;
  return `the calendar of ${market} ${when}; update Conclave or run scripts/generate-calendars.py`;
};
