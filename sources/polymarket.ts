// Public market data of Polymarket (its Gamma API), read only and without a key.
import { z } from 'zod';
import type { VenueOptions } from './kalshi';
import { assertLive, MAX_QUESTION_CHARS, tradablePrice } from './live-quote';
import { type MarketQuote, type PredictionMarketSource, SourceFailure } from './port';

const SOURCE = 'polymarket';
const POLYMARKET_BASE = 'https://gamma-api.polymarket.com';

/** Lists arrive as JSON inside a string. */
const textList = z
  .union([z.string(), z.array(z.string())])
  .transform((value): string[] => (typeof value === 'string' ? (JSON.parse(value) as string[]) : value));
const marketSchema = z.object({
  id: z.string(),
  question: z.string().max(MAX_QUESTION_CHARS),
  conditionId: z.string().nullish(),
  slug: z.string().nullish(),
  category: z.string().nullish(),
  endDate: z.string().nullish(),
  closed: z.boolean().default(false),
  closedTime: z.string().nullish(),
  umaResolutionStatus: z.string().nullish(),
  outcomes: textList,
  outcomePrices: textList.nullish(),
  bestBid: z.number().nullish(),
  bestAsk: z.number().nullish(),
  lastTradePrice: z.number().nullish(),
  events: z.array(z.object({ slug: z.string().nullish(), title: z.string().nullish() })).nullish(),
});
type GammaMarket = z.infer<typeof marketSchema>;

const yesIndexOf = (market: GammaMarket): number => {
  const index = market.outcomes.findIndex((outcome) => outcome.toLowerCase() === 'yes');
  if (index < 0 || market.outcomes.length !== 2) {
    throw new SourceFailure(
      SOURCE,
      'refused',
      `${market.id} is not a yes/no market: ${market.outcomes.join(', ')}`,
    );
  }
  return index;
};

/** What a settled price may lack of 1 or exceed 0 by: old automated pools paid out .9999996. */
const SETTLED_TOLERANCE = 0.01;

/** A closed market counts as settled only when the oracle says so; its prices then are 1 and 0 or nearly so, or equal. */
const resultOf = (market: GammaMarket, paid: number | null): MarketQuote['result'] => {
  if (!market.closed || market.umaResolutionStatus !== 'resolved' || paid === null) return null;
  if (paid >= 1 - SETTLED_TOLERANCE) return 'yes';
  return paid <= SETTLED_TOLERANCE ? 'no' : 'void';
};

const PAID = { yes: 1, no: 0 } as const;

/** Given as `2026-03-24 06:40:23+00`, when the oracle's answer was final; null in any other form. */
const closedAtOf = ({ closedTime }: GammaMarket): string | null => {
  const at = new Date((closedTime ?? '').replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

const quoteOf = (contract: string, market: GammaMarket, quotedAt: string): MarketQuote => {
  const yes = yesIndexOf(market);
  const listed = market.outcomePrices?.[yes];
  const paid = listed === undefined || listed === '' ? null : Number(listed);
  // Bid and ask are those of the first outcome.
  const flip = (price: number | null | undefined) => (price == null ? null : yes === 0 ? price : 1 - price);
  const [bid, ask] = yes === 0 ? [market.bestBid, market.bestAsk] : [market.bestAsk, market.bestBid];
  const result = resultOf(market, paid);
  const open = tradablePrice(flip(bid), flip(ask), flip(market.lastTradePrice) ?? paid);
  const shown = market.closed ? paid : open;
  const closesAt = new Date(market.endDate ?? '');
  const closedAt = result === null ? null : closedAtOf(market);
  const isPrice = shown === null || (shown >= 0 && shown <= 1);
  if (!isPrice || Number.isNaN(closesAt.getTime())) {
    throw new SourceFailure(SOURCE, 'malformed', `${contract} has no price or no end date`);
  }
  return {
    venue: SOURCE,
    contract,
    title: market.question,
    category: market.category ?? '',
    priceOfYes: result === null || result === 'void' ? shown : PAID[result],
    quotedAt,
    closesAt: closesAt.toISOString(),
    ...(closedAt === null ? {} : { closedAt }),
    event: market.events?.[0]?.slug ?? market.slug ?? market.id,
    result,
  };
};

const CONTRACT = /^[A-Za-z0-9_-]{1,200}$/;

/** What names a contract: the field of a market that must say the same, and the field of the query. */
const nameOf = (
  contract: string,
): { readonly field: 'id' | 'conditionId' | 'slug'; readonly query: string } => {
  if (/^\d+$/.test(contract)) return { field: 'id', query: '' };
  if (/^0x[0-9a-fA-F]{64}$/.test(contract)) return { field: 'conditionId', query: 'condition_ids' };
  return { field: 'slug', query: 'slug' };
};

/** Addresses to try in turn; lists leave closed markets out unless they are asked for. */
const pathsOf = (contract: string): readonly string[] => {
  const { field, query } = nameOf(contract);
  if (field === 'id') return [`/markets/${contract}`];
  return [`/markets?${query}=${contract}`, `/markets?${query}=${contract}&closed=true`];
};

/** A filter that the venue has ignored would give the price of some other question. */
const assertAsked = (contract: string, market: GammaMarket): GammaMarket => {
  const { field } = nameOf(contract);
  if (market[field]?.toLowerCase() === contract.toLowerCase()) return market;
  const answered = market[field] ?? `one without ${field}`;
  throw new SourceFailure(SOURCE, 'malformed', `the market ${contract} was answered with ${answered}`);
};

/** Polymarket as a source of quotes by market id, condition id (`0x..`) or slug. */
export const createPolymarket = (options: VenueOptions): PredictionMarketSource => {
  const base = (options.baseUrl ?? POLYMARKET_BASE).replace(/\/$/, '');
  const now = options.now ?? Date.now;

  const find = async (contract: string, signal: AbortSignal): Promise<unknown> => {
    for (const path of pathsOf(contract)) {
      const answer = await options.fetch.json({ source: SOURCE, url: `${base}${path}`, signal });
      const market: unknown = Array.isArray(answer) ? answer[0] : answer;
      if (market) return market;
    }
    throw new SourceFailure(SOURCE, 'not_found', `contract ${contract} is unknown to Polymarket`);
  };

  const parse = (contract: string, found: unknown): GammaMarket => {
    let market: GammaMarket;
    try {
      market = marketSchema.parse(found);
    } catch {
      throw new SourceFailure(SOURCE, 'malformed', `the market ${contract} is not of the known form`);
    }
    return assertAsked(contract, market);
  };

  const quote: PredictionMarketSource['quote'] = async ({ contract, asOf, signal }) => {
    if (!CONTRACT.test(contract)) {
      throw new RangeError(`contract "${contract}" is not a Polymarket id, condition id or slug`);
    }
    assertLive(SOURCE, asOf, now());
    return options.politeness.run(contract, signal, async () =>
      quoteOf(contract, parse(contract, await find(contract, signal)), new Date(now()).toISOString()),
    );
  };
  return { name: SOURCE, quote };
};
