// The gate against look-ahead: what of a series was public at an instant.
import type { IsoInstant } from '../world';
import type { Bar } from './bar';
import { lastKnownTradingDay } from './calendar';
import type { Market } from './market';

/**
 * The bars known at `asOf`, oldest first: those of days whose close was not after it.
 * @throws RangeError when `asOf` is outside the market's calendar.
 */
export const knownBars = (bars: readonly Bar[], market: Market, asOf: IsoInstant): readonly Bar[] => {
  const last = lastKnownTradingDay(market, asOf);
  return bars.filter((bar) => bar.date <= last);
};

/** Items that were public at `asOf`. */
export const knownItems = <T extends { readonly publicAt: IsoInstant }>(
  items: readonly T[],
  asOf: IsoInstant,
): readonly T[] => items.filter((item) => Date.parse(item.publicAt) <= Date.parse(asOf));
