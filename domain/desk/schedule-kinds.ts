// The runs a market can have on a schedule, in the order of a day, and the instant of each.
import { lastKnownTradingDay, localDateOf, sessionTimes } from '../market/calendar';
import { closingPriceAt } from '../market/closing-prices';
import { addMinutes } from '../market/iso-date';
import { isAlwaysOpen, type Market } from '../market/market';
import {
  MINUTES_BEFORE_OPEN,
  SESSION_KINDS,
  type SessionKind,
  sessionInstant,
} from '../market/session-times';
import type { IsoDate, IsoInstant } from '../world';

export const SCHEDULE_KINDS = ['warming', 'paper_orders', ...SESSION_KINDS, 'end_of_day'] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/**
 * How late each kind may still start after the machine or the server was down: until its result has lost its
 * value. Later than that it is missed, and the next day's runs. The end of day keeps its value until the next
 * morning: its bars do not change.
 */
export const CATCHUP_MINUTES: Readonly<Record<Exclude<ScheduleKind, 'warming'>, number>> = {
  paper_orders: 25,
  pre_market: 25,
  open: 30,
  afternoon: 60,
  close: 8,
  end_of_day: 720,
};

export const isSessionKind = (kind: ScheduleKind): kind is SessionKind =>
  SESSION_KINDS.includes(kind as SessionKind);

/**
 * Reads a kind of scheduled run.
 * @throws RangeError naming the accepted kinds.
 */
export const parseScheduleKind = (text: string, field = 'kind'): ScheduleKind => {
  const kind = text.trim().toLowerCase().replace(/-/g, '_') as ScheduleKind;
  if (SCHEDULE_KINDS.includes(kind)) return kind;
  throw new RangeError(`${field} "${text}" is unknown; accepted: ${SCHEDULE_KINDS.join(', ')}`);
};

/**
 * Whether a market's sessions can be warmed for: coins begin theirs as a day closes, and what was made before lacks that
 * day's bar.
 */
export const isWarmed = (market: Market): boolean => market !== 'CRYPTO';

/** From any instant into the day that begins next; a day that begins at the instant is that day. */
const MINUTES_TO_MIDNIGHT = 24 * 60 - 1;

/** The day of the session that warming at an instant is for, which may begin after midnight; where all do, at the next. */
export const warmedDateOf = (market: Market, at: IsoInstant, leadMinutes: number): IsoDate =>
  localDateOf(market, addMinutes(at, isAlwaysOpen(market) ? MINUTES_TO_MIDNIGHT : leadMinutes));

/**
 * When a run of `kind` starts: sessions at their decision instant, warming so many minutes before the
 * pre-market one, orders of paper accounts 30 minutes before the open (also where midnight is the open), end of
 * day when the closing price is settled.
 * @throws RangeError when the market is closed on `date`.
 */
export const scheduleInstant = (
  market: Market,
  date: IsoDate,
  kind: ScheduleKind,
  leadMinutes: number,
): IsoInstant => {
  if (kind === 'warming') return addMinutes(sessionInstant(market, date, 'pre_market'), -leadMinutes);
  if (kind === 'end_of_day') return closingPriceAt(market, sessionTimes(market, date).closeUtc);
  if (kind === 'paper_orders') return addMinutes(sessionTimes(market, date).openUtc, -MINUTES_BEFORE_OPEN);
  return sessionInstant(market, date, kind);
};

/**
 * The day that a run of paper accounts at an instant is for: orders are for the day that follows, which a market that
 * never closes begins at midnight; what is settled is the day that closed last, on whichever day that is done.
 * @throws RangeError outside the calendar, for the end of day
 */
export const paperDateOf = (market: Market, part: 'orders' | 'end_of_day', at: IsoInstant): IsoDate => {
  if (part === 'end_of_day') return lastKnownTradingDay(market, at);
  return localDateOf(market, isAlwaysOpen(market) ? addMinutes(at, MINUTES_BEFORE_OPEN) : at);
};
