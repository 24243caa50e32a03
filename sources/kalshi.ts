// Public market data of Kalshi, read only and without a key.
import { z } from 'zod';
import type { GuardedFetch } from './fetch';
import { assertLive, MAX_QUESTION_CHARS, tradablePrice } from './live-quote';
import type { Politeness } from './politeness';
import { type MarketQuote, type PredictionMarketSource, SourceFailure } from './port';

const SOURCE = 'kalshi';
const KALSHI_BASE = 'https://api.elections.kalshi.com/trade-api/v2';

/** Prices come in whole cents, in dollars as text, or both, by the age of the API. */
const cents = z.number().nullish();
const dollars = z.string().nullish();
const marketSchema = z.object({
  market: z.object({
    ticker: z.string(),
    event_ticker: z.string(),
    title: z.string().max(MAX_QUESTION_CHARS).default(''),
    yes_sub_title: z.string().max(MAX_QUESTION_CHARS).nullish(),
    category: z.string().nullish(),
    status: z.string(),
    result: z.string().nullish(),
    close_time: z.string(),
    yes_bid: cents,
    yes_ask: cents,
    last_price: cents,
    yes_bid_dollars: dollars,
    yes_ask_dollars: dollars,
    last_price_dollars: dollars,
  }),
});
type KalshiMarket = z.infer<typeof marketSchema>['market'];

const price = (inDollars: string | null | undefined, inCents: number | null | undefined): number | null => {
  if (inDollars != null && inDollars !== '') return Number(inDollars);
  return inCents == null ? null : inCents / 100;
};

const SETTLED = ['determined', 'settled', 'finalized'];

const resultOf = (market: KalshiMarket): MarketQuote['result'] => {
  if (!SETTLED.includes(market.status)) return null;
  if (market.result === 'yes' || market.result === 'no') return market.result;
  return market.result ? 'void' : null;
};

const SETTLED_PRICE = { yes: 1, no: 0, void: null } as const;

const quoteOf = (market: KalshiMarket, quotedAt: string): MarketQuote => {
  const result = resultOf(market);
  const bid = price(market.yes_bid_dollars, market.yes_bid);
  const ask = price(market.yes_ask_dollars, market.yes_ask);
  const last = price(market.last_price_dollars, market.last_price);
  const priceOfYes =
    (result === null ? null : SETTLED_PRICE[result]) ?? tradablePrice(bid, ask, last || null);
  const closesAt = new Date(market.close_time);
  if (Number.isNaN(closesAt.getTime())) {
    throw new SourceFailure(SOURCE, 'malformed', `${market.ticker} has no closing time`);
  }
  return {
    venue: SOURCE,
    contract: market.ticker,
    title: [market.title, market.yes_sub_title].filter(Boolean).join(': ') || market.ticker,
    category: market.category ?? '',
    priceOfYes,
    quotedAt,
    closesAt: closesAt.toISOString(),
    // Moved forward by the venue where it closes early.
    ...(result === null ? {} : { closedAt: closesAt.toISOString() }),
    event: market.event_ticker,
    result,
  };
};

export interface VenueOptions {
  readonly fetch: GuardedFetch;
  readonly politeness: Politeness;
  readonly baseUrl?: string;
  readonly now?: () => number;
}

const TICKER = /^[A-Za-z0-9._-]{1,100}$/;

/** Kalshi as a source of quotes by market ticker. */
export const createKalshi = (options: VenueOptions): PredictionMarketSource => {
  const base = (options.baseUrl ?? KALSHI_BASE).replace(/\/$/, '');
  const now = options.now ?? Date.now;
  const read = async (ticker: string, signal: AbortSignal): Promise<MarketQuote> => {
    const url = `${base}/markets/${encodeURIComponent(ticker)}`;
    const parsed = marketSchema.safeParse(await options.fetch.json({ source: SOURCE, url, signal }));
    if (!parsed.success) {
      throw new SourceFailure(SOURCE, 'malformed', `the market ${ticker} is not of the known form`);
    }
    const { market } = parsed.data;
    if (market.ticker.toUpperCase() !== ticker) {
      throw new SourceFailure(SOURCE, 'malformed', `the market ${ticker} was answered with ${market.ticker}`);
    }
    return quoteOf(market, new Date(now()).toISOString());
  };
  const quote: PredictionMarketSource['quote'] = async ({ contract, asOf, signal }) => {
    if (!TICKER.test(contract)) {
      throw new RangeError(`contract "${contract}" is not a Kalshi ticker, such as KXFED-26DEC-T4.00`);
    }
    assertLive(SOURCE, asOf, now());
    const ticker = contract.toUpperCase();
    return options.politeness.run(ticker, signal, () => read(ticker, signal));
  };
  return { name: SOURCE, quote };
};
