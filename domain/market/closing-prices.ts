// When a day's bar holds the official close. Frankfurt, Paris and London set it in an auction that begins at the close
// and takes some minutes, longer when prices jump; free sources show these exchanges and Tokyo a quarter of an hour to
// twenty minutes late.
import type { IsoInstant } from '../world';
import { addMinutes } from './iso-date';
import type { Market } from './market';

const SETTLING_MINUTES: Readonly<Record<Market, number>> = {
  XETR: 45,
  XPAR: 45,
  XLON: 45,
  XTKS: 45,
  XNYS: 20,
  CRYPTO: 20,
  PREDICTION: 20,
};

/** From when on the bar of a day that closed at `closeUtc` may be kept for good. */
export const closingPriceAt = (market: Market, closeUtc: IsoInstant): IsoInstant =>
  addMinutes(closeUtc, SETTLING_MINUTES[market]);
