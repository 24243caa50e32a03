// Propositions: yes/no statements with a rule and an instant at which they resolve.
import type { IsoDate, IsoInstant } from '../world';
import type { Subject } from './subject';

export type ResolutionRule =
  /** Yes when the close of `resolveDate` is above `referenceClose`, both under one split adjustment. */
  | {
      readonly type: 'close_above';
      readonly symbol: string;
      readonly referenceDate: IsoDate;
      readonly referenceClose: number;
      readonly resolveDate: IsoDate;
    }
  /** Yes when the venue settles the contract to yes. */
  | { readonly type: 'venue_settlement'; readonly venue: 'kalshi' | 'polymarket'; readonly contract: string }
  /** Entered or imported by hand. */
  | { readonly type: 'manual' };

export interface Proposition {
  /** Stable: the same subject, world, rule and dates give the same id. */
  readonly id: string;
  readonly world: string;
  readonly subject: Subject;
  /** The statement in words. */
  readonly statement: string;
  /** The source's category, else the asset class: `equity`, `crypto`, `prediction_market`, ... */
  readonly category: string;
  /** From when the statement's inputs were public. */
  readonly asOf: IsoInstant;
  readonly resolvesAt: IsoInstant;
  readonly rule: ResolutionRule;
  /**
   * The price of yes the decision is compared with: the market's price for prediction markets, the as-of
   * base rate for equities. In [0, 1]; null when unknown.
   */
  readonly priceOfYes: number | null;
  /** When it was looked for; null where it was not. */
  readonly priceAt: IsoInstant | null;
}
