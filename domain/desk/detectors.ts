// Market events seen in what the sources say: earnings days, price gaps, jumps of volatility, bursts of news.
// A detector proposes; its id holds what it saw, so that the same sight counts once however often one looks.
import type { Bar } from '../market/bar';
import {
  isMarketOpen,
  isTradingDay,
  localDateOf,
  previousTradingDay,
  sessionTimes,
} from '../market/calendar';
import { addMinutes } from '../market/iso-date';
import { isAlwaysOpen, type Market } from '../market/market';
import { logReturns, sampleStd } from '../market/returns';
import type { DetectorSettings } from '../settings/desk-settings';
import type { IsoDate, IsoInstant, WorldId } from '../world';

export interface Sight {
  readonly world: WorldId;
  readonly market: Market;
  readonly symbol: string;
  readonly now: IsoInstant;
  /** Oldest first, known at `now`. */
  readonly bars: readonly Bar[];
  /** The last trade, where there is one newer than the bars. */
  readonly lastTrade: { readonly price: number; readonly at: IsoInstant } | null;
  /** Instants at which headlines became public. */
  readonly news: readonly IsoInstant[];
  /** Until when headlines have been counted: the instant of the newest `major_news` about the symbol. */
  readonly newsCountedUntil: IsoInstant | null;
  readonly earningsDates: readonly IsoDate[];
  /** When the next report is due, on one of those days; null where the time of day is not known. */
  readonly earningsAt: IsoInstant | null;
}

export interface ProposedEvent {
  readonly id: string;
  readonly type: 'earnings' | 'major_news' | 'price_gap' | 'volatility_jump';
  readonly symbols: readonly [string];
  readonly reason: string;
  readonly at: IsoInstant;
  readonly world: WorldId;
  /** Custom types declare theirs. */
  readonly scope?: 'symbols';
}

const BASE_DAYS = 20;
const percent = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} %`;

const propose = (
  { world, symbol, now }: Sight,
  type: ProposedEvent['type'],
  seen: string,
  reason: string,
): ProposedEvent => ({
  id: `detected:${world}:${type}:${symbol}:${seen}`,
  type,
  symbols: [symbol],
  reason,
  at: now,
  world,
  ...(type === 'price_gap' || type === 'volatility_jump' ? { scope: 'symbols' as const } : {}),
});

/** Gaps show before the open. */
const BEFORE_OPEN_MINUTES = 90;
/** Most companies that report after the close do so within an hour. */
const AFTER_CLOSE_MINUTES = 120;

/** Whether symbols of a market are looked at: while it is open, before it opens and after it has closed. */
export const isWatched = (market: Market, now: IsoInstant): boolean => {
  if (isMarketOpen(market, now)) return true;
  const date = localDateOf(market, now);
  if (!isTradingDay(market, date)) return false;
  const { openUtc, closeUtc } = sessionTimes(market, date);
  return now >= addMinutes(openUtc, -BEFORE_OPEN_MINUTES) && now < addMinutes(closeUtc, AFTER_CLOSE_MINUTES);
};

/** The instant given is that of the bell or the call: the figures are out a little later. */
const REPORT_MINUTES = 15;
/** A report that nobody looked for in the evening still counts the next morning. */
const REPORT_COUNTS_MINUTES = 24 * 60;

/** The company has reported, or reports today where the hour is not known: an event that comes too early is used up. */
const earnings = (sight: Sight): readonly ProposedEvent[] => {
  const { now, earningsAt: at } = sight;
  const today = localDateOf(sight.market, now);
  const timed = at?.slice(0, 10);
  const out =
    at !== null && now >= addMinutes(at, REPORT_MINUTES) && now < addMinutes(at, REPORT_COUNTS_MINUTES);
  const days = [
    ...(out ? [timed!] : []),
    ...sight.earningsDates.filter((date) => date === today && date !== timed),
  ];
  return days.map((day) => propose(sight, 'earnings', day, `${sight.symbol} reports on ${day}`));
};

/** Two prices with a close between them. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly seen: string;
}

/** Today's steps over a close. Over more than one it would be a move of days; one of another day is late for today. */
const stepsOf = ({ market, now, bars, lastTrade }: Sight): readonly Step[] => {
  const today = localDateOf(market, now);
  const [before, last] = [bars.at(-2), bars.at(-1)];
  if (!last || !isTradingDay(market, today)) return [];
  const yesterday = previousTradingDay(market, today);
  const trade = lastTrade && localDateOf(market, lastTrade.at) === today ? lastTrade : null;
  if (trade && last.date === yesterday) return [{ from: last.close, to: trade.price, seen: today }];
  // Where no day ends before the next begins, yesterday's bar is the newest there can be.
  const newest = isAlwaysOpen(market) ? yesterday : today;
  if (last.date !== newest) return [];
  const isOpening = before?.date === previousTradingDay(market, newest);
  const isAfterClose = trade !== null && trade.at > sessionTimes(market, newest).closeUtc;
  return [
    ...(isOpening ? [{ from: before.close, to: last.open, seen: newest }] : []),
    ...(isAfterClose ? [{ from: last.close, to: trade.price, seen: `${newest}-after-close` }] : []),
  ];
};

/** Today's open, or its last trade before there is a bar, away from the close before; a trade after the close, from it. */
const gap = (sight: Sight, { gap: threshold }: DetectorSettings): readonly ProposedEvent[] =>
  stepsOf(sight).flatMap(({ from, to, seen }) => {
    const move = to / from - 1;
    return from > 0 && Math.abs(move) >= threshold
      ? [
          propose(
            sight,
            'price_gap',
            seen,
            `${sight.symbol} at ${to} is ${percent(move)} from its last close ${from}`,
          ),
        ]
      : [];
  });

/** A larger multiple says that there was next to nothing to compare with, not how much larger the move is. */
const MOST_TIMES = 100;

const comparedWith = (times: number): string => {
  if (times === Number.POSITIVE_INFINITY) return `after ${BASE_DAYS} days of no change`;
  return times > MOST_TIMES
    ? `more than ${MOST_TIMES} times its usual day`
    : `${times.toFixed(1)} times its usual day`;
};

/** The newest daily move against the deviation of the twenty before it. */
const volatilityJump = (sight: Sight, { volatility }: DetectorSettings): readonly ProposedEvent[] => {
  const bars = sight.bars.slice(-(BASE_DAYS + 2));
  if (bars.length < BASE_DAYS + 2) return [];
  const returns = logReturns(bars);
  const usual = sampleStd(returns.slice(0, -1));
  const move = returns.at(-1)!;
  // Any move at all stands out of days that were all the same.
  const times = move === 0 ? 0 : Math.abs(move) / usual;
  return times >= volatility
    ? [
        propose(
          sight,
          'volatility_jump',
          bars.at(-1)!.date,
          `${sight.symbol} moved ${percent(Math.expm1(move))} on ${bars.at(-1)!.date}, ${comparedWith(times)}`,
        ),
      ]
    : [];
};

/** So many headlines within the window that no event has counted yet: however long a burst is seen, it counts once. */
const newsBurst = (sight: Sight, { newsCount, newsMinutes }: DetectorSettings): readonly ProposedEvent[] => {
  const windowMs = newsMinutes * 60_000;
  const now = Date.parse(sight.now);
  const counted = Date.parse(sight.newsCountedUntil ?? new Date(0).toISOString());
  const since = Math.max(now - windowMs, counted);
  const recent = sight.news.filter((at) => Date.parse(at) > since && Date.parse(at) <= now);
  if (recent.length < newsCount) return [];
  const windowStart = new Date(Math.floor(now / windowMs) * windowMs).toISOString();
  return [
    propose(
      sight,
      'major_news',
      // What was counted before tells one burst from the next; two may fall into one window of the clock.
      sight.newsCountedUntil ?? windowStart,
      `${recent.length} headlines about ${sight.symbol} within ${newsMinutes} minutes`,
    ),
  ];
};

/** The events that a symbol's newest facts amount to under the thresholds in force. */
export const proposedEvents = (sight: Sight, settings: DetectorSettings): readonly ProposedEvent[] =>
  settings.enabled
    ? [
        ...earnings(sight),
        ...gap(sight, settings),
        ...volatilityJump(sight, settings),
        ...newsBurst(sight, settings),
      ]
    : [];
