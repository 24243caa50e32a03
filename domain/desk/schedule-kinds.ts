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
 * The day that a run of paper accounts at an instant is for. A market that never closes has UTC days, so that
 * orders are placed on the evening before their day, and what is settled is the day that ended last.
 */
export const paperDateOf = (market: Market, part: 'orders' | 'end_of_day', at: IsoInstant): IsoDate => {
  if (!isAlwaysOpen(market)) return localDateOf(market, at);
  return part === 'orders'
    ? localDateOf(market, addMinutes(at, MINUTES_BEFORE_OPEN))
    : lastKnownTradingDay(market, at);
};
