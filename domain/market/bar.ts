// Daily bars and the quote a decision is priced at.
import type { IsoDate, IsoInstant } from '../world';

/** One trading day of one symbol; prices in the symbol's currency unit, split-adjusted by its source. */
export interface Bar {
  readonly symbol: string;
  /** Trading day, exchange local. */
  readonly date: IsoDate;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Bars oldest first, with where they came from and when the last was public. */
export interface BarSeries {
  readonly symbol: string;
  /** ISO 4217 code, or `GBp` (0.01 GBP). */
  readonly currency: string;
  readonly source: string;
  readonly synthetic: boolean;
  readonly bars: readonly Bar[];
  /** When the source was read. */
  readonly fetchedAt: IsoInstant;
}
