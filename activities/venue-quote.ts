// The venue's price at the moment of deciding. A brief may be hours old, and a contract's price is half of every
// edge: sized against the brief's own quote, an old price would look like an opportunity.
import type { VenueQuote } from '../domain/market/quote';
import { type IsoInstant, LIVE_WORLD } from '../domain/world';
import { type MarketQuote, SourceFailure } from '../sources/port';
import type { DecisionInput } from '../workflows/contracts/decision';
import type { Dependencies } from './dependencies';

/** As old as an answer that the source itself would give again from memory. */
const FRESH_MS = 60_000;
/** Of an activity's 20 s; a venue that is slower than this is as good as out. */
const PATIENCE_MS = 5_000;

/** Quotes that were stored before results were kept have none. */
type KnownQuote = VenueQuote & Partial<Pick<MarketQuote, 'result'>>;

interface QuoteInForce {
  readonly quote: KnownQuote;
  /** Why the price is an old one; null: it is not. */
  readonly stale: string | null;
}

/** The answer of a venue, or in one word why there is none. */
type VenueAnswer =
  | { readonly quote: MarketQuote; readonly failure: null }
  | { readonly quote: null; readonly failure: string };

export const createVenueQuote = ({ sources }: Pick<Dependencies, 'sources'>) => {
  const ask = async (
    { venue, contract }: Pick<VenueQuote, 'venue' | 'contract'>,
    now: IsoInstant,
  ): Promise<VenueAnswer> => {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const quote = await sources.predictionMarkets[venue].quote({ contract, asOf: now, signal });
      return { quote, failure: null };
    } catch (error) {
      if (!(error instanceof SourceFailure) && !isTimeout(error)) throw error;
      return { quote: null, failure: error instanceof SourceFailure ? error.kind : 'timed out' };
    }
  };

  /** The quote now where the question is about now, and the brief's where the venue does not answer or for an as-of. */
  const inForce = async (
    { world, asOf }: Pick<DecisionInput, 'world' | 'asOf'>,
    known: KnownQuote,
    now: IsoInstant,
  ): Promise<QuoteInForce> => {
    const fresh = Date.parse(now) - Date.parse(known.quotedAt) <= FRESH_MS;
    if (world !== LIVE_WORLD || asOf !== null || fresh) return { quote: known, stale: null };
    const { quote, failure } = await ask(known, now);
    if (quote) return { quote, stale: null };
    const stale = `The price is of ${known.quotedAt}: ${known.venue} does not answer (${failure})`;
    return { quote: known, stale };
  };
  return { ask, inForce };
};

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
