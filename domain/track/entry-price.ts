// The first price at which a decision about a share could be traded: its profit, and the evidence of its direction, count
// from there. What moved before it was in the price by then, and nobody could earn it.
import type { Bar } from '../market/bar';
import { sessionTimes, tradingDays } from '../market/calendar';
import type { Market } from '../market/market';
import type { IsoDate, IsoInstant } from '../world';

/** An open or a close of a trading day. Plain JSON. */
export interface TradablePrice {
  readonly at: IsoInstant;
  /** Under the split adjustment of the outcome's closes; null where the series has no bar of the day. */
  readonly price: number | null;
}

export interface EntryPeriod {
  readonly market: Market;
  /** The last day known when the question was made. */
  readonly referenceDate: IsoDate;
  readonly resolveDate: IsoDate;
}

/** Trading days after the reference on which a question may still be decided about: bars may lag by three. */
const ENTRY_DAYS = 10;

/**
 * Opens and closes after the reference close and before the resolving one, oldest first.
 * @throws RangeError outside the calendar
 */
export const tradablePrices = (
  bars: readonly Bar[],
  { market, referenceDate, resolveDate }: EntryPeriod,
): readonly TradablePrice[] =>
  tradingDays(market, referenceDate, resolveDate)
    .filter((date) => date > referenceDate)
    .slice(0, ENTRY_DAYS)
    .flatMap((date) => {
      const bar = bars.find((each) => each.date === date);
      const { openUtc, closeUtc } = sessionTimes(market, date);
      const open = { at: openUtc, price: bar?.open ?? null };
      return date === resolveDate ? [open] : [open, { at: closeUtc, price: bar?.close ?? null }];
    });

/**
 * The first price after a decision: the day's open before it, the day's close during the session, the next open after.
 * Null where that price is not known, or none is left before the question resolves.
 */
export const entryPrice = (prices: readonly TradablePrice[] | null, madeAt: IsoInstant): number | null =>
  prices?.find(({ at }) => Date.parse(at) > Date.parse(madeAt))?.price ?? null;
