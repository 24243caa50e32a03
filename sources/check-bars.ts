// Content checks every price series passes, whatever its source answered: an HTTP 200 proves nothing.
import type { Bar, BarSeries } from '../domain/market/bar';
import { closedReason, lastKnownTradingDay, tradingDays } from '../domain/market/calendar';
import { CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY } from '../domain/market/exchange-calendars';
import { addDays } from '../domain/market/iso-date';
import type { Market } from '../domain/market/market';
import type { IsoDate, IsoInstant } from '../domain/world';
import { SourceFailure, type SourceFailureKind } from './port';

export interface BarChecks {
  readonly market: Market;
  readonly asOf: IsoInstant;
}

/** Trading days by which the last bar may lag: a halt, or a feed that is a little late. */
const MAX_LAG_DAYS = 3;
/** Calendar days that hold more trading days than that, whatever the holidays. */
const LAG_WINDOW_DAYS = 14;

const laterOf = (a: IsoDate, b: IsoDate): IsoDate => (a > b ? a : b);

/** The day that the last bar of a series must have reached. @throws RangeError outside the calendar. */
export const oldestLastBar = ({ market, asOf }: BarChecks): IsoDate => {
  const last = lastKnownTradingDay(market, asOf);
  const from = addDays(last, -LAG_WINDOW_DAYS);
  return tradingDays(market, laterOf(from, CALENDAR_FIRST_DAY), last).at(-1 - MAX_LAG_DAYS) ?? from;
};

const positive = (bar: Bar): boolean =>
  [bar.open, bar.high, bar.low, bar.close].every((price) => Number.isFinite(price) && price > 0) &&
  Number.isFinite(bar.volume) &&
  bar.volume >= 0;

/** First fault of the series as words, or null. */
const faultOf = (bars: readonly Bar[], last: string): string | null => {
  for (const [index, bar] of bars.entries()) {
    if (!positive(bar)) return `the bar of ${bar.date} has a price or volume that is not positive`;
    if (bar.high < bar.low) return `the bar of ${bar.date} has its high below its low`;
    if (index > 0 && bars[index - 1]!.date >= bar.date) {
      return `bars are not in order at ${bar.date}, after ${bars[index - 1]!.date}`;
    }
    if (bar.date > last) return `the bar of ${bar.date} was not public yet; the last known day is ${last}`;
  }
  return null;
};

const onClosedDay = (bars: readonly Bar[], market: Market): string | null => {
  const wrong = bars.find(
    ({ date }) =>
      date >= CALENDAR_FIRST_DAY && date <= CALENDAR_LAST_DAY && closedReason(market, date) !== null,
  );
  return wrong
    ? `has a bar on ${wrong.date}, when ${market} is closed (${closedReason(market, wrong.date)}); coins need the market CRYPTO or a symbol ending in -USD`
    : null;
};

/**
 * Returns the series when it holds up: known at the as-of, ordered, positive, on trading days, not stale.
 * @throws SourceFailure `malformed`, or `stale` when the last bar lags too far behind.
 */
export const checkBars = (series: BarSeries, checks: BarChecks): BarSeries => {
  const { bars, symbol, source } = series;
  const fail = (kind: SourceFailureKind, text: string) =>
    new SourceFailure(source, kind, `${symbol} from ${source}: ${text}`);
  if (bars.length === 0) throw fail('not_found', `no bar was known at ${checks.asOf}`);
  const last = lastKnownTradingDay(checks.market, checks.asOf);
  const fault = faultOf(bars, last) ?? onClosedDay(bars, checks.market);
  if (fault) throw fail('malformed', fault);
  const newest = bars.at(-1)!.date;
  if (newest < oldestLastBar(checks)) {
    const lag = tradingDays(checks.market, laterOf(newest, CALENDAR_FIRST_DAY), last).length - 1;
    throw fail(
      'stale',
      `the last bar is of ${newest}, ${lag} trading days before ${last}; at most ${MAX_LAG_DAYS} are accepted`,
    );
  }
  return series;
};
