// Looks up how a proposition came out: two closes of one fresh series, or the venue's settlement.
import { closingPriceAt } from '../domain/market/closing-prices';
import { marketOfSymbol } from '../domain/market/market';
import type { Proposition, ResolutionRule } from '../domain/market/proposition';
import { type TradablePrice, tradablePrices } from '../domain/track/entry-price';
import { type IsoInstant, LIVE_WORLD, SYNTHETIC_WORLD } from '../domain/world';
import { type MarketQuote, type PriceSource, SourceFailure } from '../sources/port';
import { hashPriceFile } from '../sources/price-file';
import type { PriceFile } from '../workflows/contracts/research';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';

/** What a source says; `pending` when it says nothing yet. */
export type Lookup =
  | {
      readonly status: 'resolved';
      readonly yes: boolean;
      readonly referenceValue: number | null;
      readonly resolvingValue: number | null;
      readonly entryPrices: readonly TradablePrice[] | null;
      readonly source: string;
      readonly reason: string;
      readonly resolvedAt: IsoInstant;
    }
  | { readonly status: 'void'; readonly source: string; readonly reason: string }
  | { readonly status: 'pending'; readonly reason: string };

export interface LookupContext {
  /** On the world's clock. */
  readonly now: IsoInstant;
  readonly prices: PriceFile | null;
  readonly signal: AbortSignal;
}

const DAY_MS = 86_400_000;
/** A close that is missing for so long will not come: the day was not traded, or the share no longer is. */
const GIVE_UP_MS = 10 * DAY_MS;
/** Calendar days to spare beyond those between the reference and now. */
const SPARE_DAYS = 10;

const pending = (reason: string): Lookup => ({ status: 'pending', reason });

const isLate = ({ resolvesAt }: Proposition, now: IsoInstant): boolean =>
  Date.parse(now) - Date.parse(resolvesAt) > GIVE_UP_MS;

/** The source answers, and has no bars of late: so it is with a share that was taken over or went bankrupt. */
const hasNoBars = (error: unknown): error is SourceFailure =>
  error instanceof SourceFailure && (error.kind === 'stale' || error.kind === 'not_found');

/**
 * When a settled contract's answer was public: as it was closed where that was before its question was to end, since
 * venues close early on the answer; else when it was seen, by the world's clock, which forecasts are dated by: a worker's
 * may be behind it. Never before the question was open.
 */
const answeredAt = (
  { asOf, resolvesAt }: Proposition,
  { closedAt }: Pick<MarketQuote, 'closedAt'>,
  now: IsoInstant,
): IsoInstant => {
  const isEarly = closedAt !== undefined && closedAt < resolvesAt && closedAt < now;
  if (!isEarly) return now;
  return closedAt < asOf ? asOf : closedAt;
};

type CloseAbove = Extract<ResolutionRule, { type: 'close_above' }>;

export const createOutcomeLookup = ({ sources }: Dependencies) => {
  const sourceOf = async (proposition: Proposition, prices: PriceFile | null): Promise<PriceSource> => {
    if (prices === null) {
      return proposition.world === SYNTHETIC_WORLD ? sources.synthetic.prices : sources.prices;
    }
    if ((await hashPriceFile(prices.path)) !== prices.hash)
      throw badInput(`prices file ${prices.path} has changed since the request`);
    return sources.priceFile(prices.path);
  };

  /** All prices come from one reading, so that a split between them moves all alike. */
  const closeAbove = async (
    proposition: Proposition,
    rule: CloseAbove,
    { now, prices, signal }: LookupContext,
    asOf = now,
  ): Promise<Lookup> => {
    const days = Math.ceil((Date.parse(asOf) - Date.parse(rule.referenceDate)) / DAY_MS) + SPARE_DAYS;
    const source = await sourceOf(proposition, prices);
    const market = marketOfSymbol(rule.symbol);
    const settledAt = closingPriceAt(market, proposition.resolvesAt);
    if (proposition.world === LIVE_WORLD && prices === null && now < settledAt)
      return pending(`the close of ${rule.resolveDate} is settled from ${settledAt} on`);
    const series = await source.dailyBars({ symbol: rule.symbol, asOf, days, signal, market });
    const closeOn = (date: string) => series.bars.find((bar) => bar.date === date)?.close ?? null;
    const referenceValue = closeOn(rule.referenceDate);
    const resolvingValue = closeOn(rule.resolveDate);
    if (series.synthetic && proposition.world !== SYNTHETIC_WORLD)
      return pending('only the made-up tape could be reached');
    if (referenceValue !== null && resolvingValue !== null)
      return {
        status: 'resolved',
        yes: resolvingValue > referenceValue,
        referenceValue,
        resolvingValue,
        entryPrices: tradablePrices(series.bars, { market, ...rule }),
        source: series.source,
        reason: `close of ${rule.resolveDate} is ${resolvingValue}, of ${rule.referenceDate} ${referenceValue}`,
        resolvedAt: proposition.resolvesAt,
      };
    const missing = referenceValue === null ? rule.referenceDate : rule.resolveDate;
    const reason = `${series.source} has no close of ${rule.symbol} on ${missing}`;
    return isLate(proposition, now) ? { status: 'void', source: series.source, reason } : pending(reason);
  };

  /**
   * Of a share without bars of late, long after its day: by the bars as they were on that day, void where there are
   * none. A file that ends says nothing of its shares: it waits for a longer one.
   */
  const closeAboveOrGone = async (
    proposition: Proposition,
    rule: CloseAbove,
    context: LookupContext,
  ): Promise<Lookup> => {
    try {
      return await closeAbove(proposition, rule, context);
    } catch (error) {
      if (!hasNoBars(error) || context.prices !== null || !isLate(proposition, context.now)) throw error;
    }
    try {
      return await closeAbove(proposition, rule, context, proposition.resolvesAt);
    } catch (error) {
      if (!hasNoBars(error)) throw error;
      return { status: 'void', source: error.source, reason: error.message };
    }
  };

  const settlement = async (
    proposition: Proposition,
    rule: Extract<ResolutionRule, { type: 'venue_settlement' }>,
    { now, signal }: LookupContext,
  ): Promise<Lookup> => {
    const quote = await sources.predictionMarkets[rule.venue].quote({
      contract: rule.contract,
      asOf: now,
      signal,
    });
    const reason = `${rule.venue} settled ${rule.contract} to ${quote.result}`;
    if (quote.result === null) return pending(`${rule.venue} has not settled ${rule.contract} yet`);
    if (quote.result === 'void') return { status: 'void', source: rule.venue, reason };
    return {
      status: 'resolved',
      yes: quote.result === 'yes',
      referenceValue: null,
      resolvingValue: null,
      entryPrices: null,
      source: rule.venue,
      reason,
      resolvedAt: answeredAt(proposition, quote, now),
    };
  };

  /** Failures of a source leave the proposition pending: the next batch asks again. */
  const lookUp = async (proposition: Proposition, context: LookupContext): Promise<Lookup> => {
    const { rule } = proposition;
    try {
      if (rule.type === 'close_above') return await closeAboveOrGone(proposition, rule, context);
      if (rule.type === 'venue_settlement') return await settlement(proposition, rule, context);
      return pending('its outcome is entered or imported by hand');
    } catch (error) {
      if (error instanceof SourceFailure) return pending(`${error.source}: ${error.kind}`);
      throw error;
    }
  };
  return { lookUp };
};
