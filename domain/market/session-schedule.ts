// When a market's sessions fall, as rules a scheduler understands: one usual local time on weekdays, minus the
// days on which it does not hold, plus those days' own times. Expanding the rules gives exactly the decision
// instants of sessionInstant, on every trading day and on no other.
import type { IsoDate, IsoInstant } from '../world';
import { closedReason, localInstant, tradingDays } from './calendar';
import { CALENDAR_LAST_DAY } from './exchange-calendars';
import { addDays, timeOfDay, weekdayOf } from './iso-date';
import { isAlwaysOpen, type Market, zoneOf } from './market';

/** A local clock time, either on all weekdays (or all days) or on one date. */
export interface ClockRule {
  /** `HH:MM`. */
  readonly time: string;
  /** Null: on every day the schedule covers. */
  readonly date: IsoDate | null;
}

export interface ClockSchedule {
  readonly market: Market;
  /** IANA zone in which times are read. */
  readonly zone: string;
  /** False: on all seven days. */
  readonly weekdaysOnly: boolean;
  readonly rules: readonly ClockRule[];
  /** At these times nothing happens, although a rule matches. */
  readonly skip: readonly ClockRule[];
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** Local clock time of an instant; of a market that never closes, it may be one of the day before or after. */
const localTime = (market: Market, date: IsoDate, instant: IsoInstant): string =>
  timeOfDay(Math.round((Date.parse(instant) - Date.parse(localInstant(market, date, '00:00'))) / 60_000));

const mostFrequent = (times: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const time of times) counts.set(time, (counts.get(time) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
};

const weekdaysOf = (from: IsoDate, to: IsoDate): readonly IsoDate[] => {
  const days: IsoDate[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const weekday = weekdayOf(day);
    if (weekday !== 0 && weekday !== 6) days.push(day);
  }
  return days;
};

/**
 * The rules that give `instantOf` on every trading day from `from` to `to` (at most the calendar's end).
 * @param instantOf called with trading days only; its instant must fall on that local day
 * @throws RangeError outside the calendar.
 */
export const clockSchedule = (
  market: Market,
  instantOf: (date: IsoDate) => IsoInstant,
  from: IsoDate,
  to: IsoDate,
): ClockSchedule => {
  const last = to < CALENDAR_LAST_DAY ? to : CALENDAR_LAST_DAY;
  const base = { market, zone: zoneOf(market), from, to: last };
  if (isAlwaysOpen(market)) {
    const time = localTime(market, from, instantOf(from));
    return { ...base, weekdaysOnly: false, rules: [{ time, date: null }], skip: [] };
  }
  const days = tradingDays(market, from, last);
  const timeOf = new Map(days.map((day) => [day, localTime(market, day, instantOf(day))]));
  const usual = mostFrequent([...timeOf.values()]);
  const odd = days.filter((day) => timeOf.get(day) !== usual);
  const closed = weekdaysOf(from, last).filter((day) => closedReason(market, day) === 'holiday');
  return {
    ...base,
    weekdaysOnly: true,
    rules: [{ time: usual, date: null }, ...odd.map((day) => ({ time: timeOf.get(day)!, date: day }))],
    skip: [...closed, ...odd].sort().map((date) => ({ time: usual, date })),
  };
};
