// The instant at which each kind of market session decides; DATE as an as-of means this instant.
import type { IsoDate, IsoInstant } from '../world';
import { localInstant, sessionTimes } from './calendar';
import { addMinutes } from './iso-date';
import { isAlwaysOpen, type Market } from './market';

export const SESSION_KINDS = ['pre_market', 'open', 'afternoon', 'close'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];
export const DEFAULT_SESSION_KIND: SessionKind = 'pre_market';

export const MINUTES_BEFORE_OPEN = 30;
const MINUTES_AFTER_OPEN = 5;
const MINUTES_BEFORE_CLOSE = 10;
const AFTERNOON = '14:00';
const AFTERNOON_MINUTES_BEFORE_CLOSE = 60;

/**
 * Reads a session kind.
 * @throws RangeError naming the accepted kinds.
 */
export const parseSessionKind = (text: string, field = 'kind'): SessionKind => {
  const kind = text.trim().toLowerCase().replace(/-/g, '_') as SessionKind;
  if (!SESSION_KINDS.includes(kind)) {
    throw new RangeError(`${field} is ${JSON.stringify(text)}; accepted: ${SESSION_KINDS.join(', ')}`);
  }
  return kind;
};

const afternoon = (market: Market, date: IsoDate, closeUtc: IsoInstant): IsoInstant => {
  const wanted = localInstant(market, date, AFTERNOON);
  const latest = addMinutes(closeUtc, -AFTERNOON_MINUTES_BEFORE_CLOSE);
  return Date.parse(wanted) <= Date.parse(latest) ? wanted : latest;
};

/**
 * Decision instant of a session: pre_market 30 min before the open, open 5 min after it, afternoon at 14:00
 * local but at latest 1 h before the close, close 10 min before it. A market that never closes has no
 * pre-market: there it is UTC midnight, when the day before has just ended.
 * @throws RangeError when the market is closed on `date`.
 */
export const sessionInstant = (
  market: Market,
  date: IsoDate,
  kind: SessionKind = DEFAULT_SESSION_KIND,
): IsoInstant => {
  const { openUtc, closeUtc } = sessionTimes(market, date);
  switch (kind) {
    case 'pre_market':
      return isAlwaysOpen(market) ? openUtc : addMinutes(openUtc, -MINUTES_BEFORE_OPEN);
    case 'open':
      return addMinutes(openUtc, MINUTES_AFTER_OPEN);
    case 'afternoon':
      return afternoon(market, date, closeUtc);
    case 'close':
      return addMinutes(closeUtc, -MINUTES_BEFORE_CLOSE);
  }
};
