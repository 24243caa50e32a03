// Where facts come from: one small interface per kind of fact. Everything a source returns carries the
// instant at which it became public; callers filter by the as-of instant, sources must too.
import type { BarSeries } from '../domain/market/bar';
import type { Market } from '../domain/market/market';
import type { SourceItem } from '../domain/research/brief';
import type { IsoDate, IsoInstant } from '../domain/world';

const SOURCE_FAILURE_KINDS = [
  'unreachable',
  'not_found',
  'rate_limited',
  'malformed',
  'stale',
  'refused',
] as const;
export type SourceFailureKind = (typeof SOURCE_FAILURE_KINDS)[number];

/** The one error class of sources. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
  constructor(
    readonly source: string,
    readonly kind: SourceFailureKind,
    message: string,
    /** True when not even a connection or an answer in time was had, as without internet. */
    readonly offline: boolean = false,
    /** True of one that may be gone at the next try: a connection that broke off, an answer that took too long. */
    readonly fleeting: boolean = false,
  ) {
    super(message);
  }
}

export interface AsOfRequest {
  /** Nothing public after this instant may be returned. */
  readonly asOf: IsoInstant;
  readonly signal: AbortSignal;
}

export interface BarsRequest extends AsOfRequest {
  readonly symbol: string;
  /** How many trading days back, at most. */
  readonly days: number;
  /** Where the symbol trades; told from its suffix when absent. */
  readonly market?: Market;
}

export interface PriceSource {
  readonly name: string;
  readonly synthetic: boolean;
  /** Daily bars known at `asOf`, oldest first. @throws SourceFailure */
  dailyBars(request: BarsRequest): Promise<BarSeries>;
}

export interface NewsSource {
  readonly name: string;
  /** @throws SourceFailure */
  headlines(
    request: AsOfRequest & { readonly symbol: string; readonly limit: number },
  ): Promise<readonly SourceItem[]>;
}

export interface FundamentalsSource {
  readonly name: string;
  /**
   * Named figures (`marketCap`, `trailingPE`, ...), each known at `asOf`; shares as such (0.25, not 25). Those of money are
   * in `accountsCurrency`, `marketCap` in `marketCapCurrency` where that is another. @throws SourceFailure
   */
  fundamentals(request: AsOfRequest & { readonly symbol: string }): Promise<{
    readonly figures: Readonly<Record<string, number | string>>;
    readonly publicAt: IsoInstant;
    readonly sector: string | null;
    readonly industry: string | null;
    /** Days on which results were reported or will be. */
    readonly earningsDates: readonly IsoDate[];
    /** When the next report is due, where the time of day is known. */
    readonly earningsAt?: IsoInstant;
    /** Days within which a report is only expected, both included. */
    readonly earningsWindow?: { readonly from: IsoDate; readonly to: IsoDate };
  }>;
}

/** A contract of a prediction market. */
export interface MarketQuote {
  readonly venue: 'kalshi' | 'polymarket';
  readonly contract: string;
  readonly title: string;
  readonly category: string;
  /** Price of yes in [0, 1] that could be traded near (sources/live-quote.ts); null where there is none. */
  readonly priceOfYes: number | null;
  readonly quotedAt: IsoInstant;
  readonly closesAt: IsoInstant;
  /** When the venue closed it, once settled and where it says so: before `closesAt` where the answer came early. */
  readonly closedAt?: IsoInstant;
  readonly event: string;
  /** Settled result, or null while open. */
  readonly result: 'yes' | 'no' | 'void' | null;
}

export interface PredictionMarketSource {
  readonly name: 'kalshi' | 'polymarket';
  /** @throws SourceFailure */
  quote(request: AsOfRequest & { readonly contract: string }): Promise<MarketQuote>;
}
