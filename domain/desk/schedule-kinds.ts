// The runs a market can have on a schedule, in the order of a day, and the instant of each.
import { sessionTimes } from '../market/calendar';
import { addMinutes } from '../market/iso-date';
import type { Market } from '../market/market';
import { SESSION_KINDS, type SessionKind, sessionInstant } from '../market/session-times';
import type { IsoDate, IsoInstant } from '../world';

export const SCHEDULE_KINDS = ['warming', 'paper_orders', ...SESSION_KINDS, 'end_of_day'] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/** Closing bars are public within minutes. */
const MINUTES_AFTER_CLOSE = 20;

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
 * pre-market one, orders of paper accounts with it, end of day 20 minutes after the close.
 * @throws RangeError when the market is closed on `date`.
 */
export const scheduleInstant = (
  market: Market,
  date: IsoDate,
  kind: ScheduleKind,
  leadMinutes: number,
): IsoInstant => {
  if (kind === 'warming') return addMinutes(sessionInstant(market, date, 'pre_market'), -leadMinutes);
  if (kind === 'end_of_day') return addMinutes(sessionTimes(market, date).closeUtc, MINUTES_AFTER_CLOSE);
  return sessionInstant(market, date, kind === 'paper_orders' ? 'pre_market' : kind);
};
