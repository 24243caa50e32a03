// Daily and latest prices from Yahoo's chart endpoint, which needs no key.
import { z } from 'zod';
import { knownBars } from '../domain/market/as-of';
import type { Bar, BarSeries } from '../domain/market/bar';
import { localDateOf } from '../domain/market/calendar';
import { currencyOfMarket, type Market, marketOfSymbol, parseSymbol } from '../domain/market/market';
import type { IsoInstant } from '../domain/world';
import { checkBars } from './check-bars';
import type { GuardedFetch } from './fetch';
import { type AsOfRequest, type BarsRequest, type PriceSource, SourceFailure } from './port';
import { yahooSymbol } from './yahoo-symbol';

const SOURCE = 'yahoo';
export const YAHOO_BASE = 'https://query1.finance.yahoo.com';
const DAY_MS = 86_400_000;

const column = z.array(z.number().nullable()).optional();
const chartSchema = z.object({
  chart: z.object({
    result: z
      .array(
        z.object({
          meta: z.object({
            currency: z.string().nullish(),
            symbol: z.string(),
            regularMarketPrice: z.number().nullish(),
            regularMarketTime: z.number().nullish(),
          }),
          timestamp: z.array(z.number()).optional(),
          indicators: z.object({
            quote: z.array(
              z.object({ open: column, high: column, low: column, close: column, volume: column }),
            ),
          }),
        }),
      )
      .nullable(),
    error: z.object({ code: z.string(), description: z.string() }).nullish(),
  }),
});
type Chart = NonNullable<z.infer<typeof chartSchema>['chart']['result']>[number];

export interface LastPrice {
  readonly price: number;
  readonly currency: string;
  readonly at: IsoInstant;
  readonly source: string;
}

export interface YahooPrices extends PriceSource {
  /** The latest trade, before the open and after the close too; null when it is after `asOf`. @throws SourceFailure */
  lastPrice(request: AsOfRequest & { readonly symbol: string }): Promise<LastPrice | null>;
}

export interface YahooOptions {
  readonly fetch: GuardedFetch;
  /** Default https://query1.finance.yahoo.com. */
  readonly baseUrl?: string;
  readonly now?: () => number;
}

const readChart = (symbol: string, answer: unknown): Chart => {
  const parsed = chartSchema.safeParse(answer);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new SourceFailure(
      SOURCE,
      'malformed',
      `the chart of ${symbol} is not of the known form (at ${path})`,
    );
  }
  const { result, error } = parsed.data.chart;
  const chart = result?.[0];
  if (chart && chart.meta.symbol.toUpperCase() !== symbol) {
    throw new SourceFailure(SOURCE, 'malformed', `the chart of ${symbol} is one of ${chart.meta.symbol}`);
  }
  if (chart) return chart;
  const unknown = error?.code === 'Not Found';
  throw new SourceFailure(
    SOURCE,
    unknown ? 'not_found' : 'malformed',
    unknown ? `symbol ${symbol} is unknown to Yahoo` : `the chart of ${symbol} is empty`,
  );
};

/** Rows of the chart with all five values; Yahoo leaves nulls where nothing traded. */
const barsOf = (symbol: string, market: Market, chart: Chart): readonly Bar[] => {
  const quote = chart.indicators.quote[0] ?? {};
  const byDate = new Map<string, Bar>();
  for (const [index, seconds] of (chart.timestamp ?? []).entries()) {
    const [open, high, low, close] = [quote.open, quote.high, quote.low, quote.close].map(
      (values) => values?.[index] ?? null,
    );
    if (open == null || high == null || low == null || close == null) continue;
    const date = localDateOf(market, new Date(seconds * 1000).toISOString());
    byDate.set(date, { symbol, date, open, high, low, close, volume: quote.volume?.[index] ?? 0 });
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
};

/** Yahoo's own last price is of regular hours; a bar that began later is of the hours before or after them. */
const newestTrade = ({
  meta,
  timestamp = [],
  indicators,
}: Chart): { readonly price: number; readonly seconds: number } | null => {
  const closes = indicators.quote[0]?.close ?? [];
  const bars = timestamp.map((seconds, index) => ({ price: closes[index], seconds }));
  const trades = [...bars, { price: meta.regularMarketPrice, seconds: meta.regularMarketTime }].flatMap(
    ({ price, seconds }) => (price == null || seconds == null ? [] : [{ price, seconds }]),
  );
  return trades.toSorted((a, b) => a.seconds - b.seconds).at(-1) ?? null;
};

/** Yahoo's chart as a price source; prices are split-adjusted by Yahoo, dividends ignored. */
export const createYahooPrices = (options: YahooOptions): YahooPrices => {
  const base = (options.baseUrl ?? YAHOO_BASE).replace(/\/$/, '');
  const now = options.now ?? Date.now;

  const chartOf = async (asked: string, query: string, signal: AbortSignal): Promise<Chart> => {
    const symbol = yahooSymbol(asked);
    const url = `${base}/v8/finance/chart/${encodeURIComponent(symbol)}?${query}`;
    const answer = await options.fetch.json({ source: SOURCE, url, signal, accept: [404] });
    return readChart(symbol, answer);
  };

  const dailyBars = async (request: BarsRequest): Promise<BarSeries> => {
    const symbol = parseSymbol(request.symbol);
    const market = request.market ?? marketOfSymbol(symbol);
    const untilMs = Date.parse(request.asOf);
    // Trading days are at most 5 of 7; ten days more cover holidays.
    const fromMs = untilMs - (Math.ceil(request.days * 1.5) + 10) * DAY_MS;
    const query = `period1=${Math.floor(fromMs / 1000)}&period2=${Math.floor(untilMs / 1000)}&interval=1d`;
    const chart = await chartOf(symbol, query, request.signal);
    const bars = knownBars(barsOf(symbol, market, chart), market, request.asOf).slice(-request.days);
    const series: BarSeries = {
      symbol,
      currency: chart.meta.currency ?? currencyOfMarket(market),
      source: SOURCE,
      synthetic: false,
      bars,
      fetchedAt: new Date(now()).toISOString(),
    };
    return checkBars(series, { market, asOf: request.asOf });
  };

  const lastPrice: YahooPrices['lastPrice'] = async (request) => {
    const symbol = parseSymbol(request.symbol);
    const query = 'range=1d&interval=5m&includePrePost=true';
    const chart = await chartOf(symbol, query, request.signal);
    const newest = newestTrade(chart);
    if (newest === null) return null;
    const at = new Date(newest.seconds * 1000).toISOString();
    if (Date.parse(at) > Date.parse(request.asOf)) return null;
    const currency = chart.meta.currency ?? currencyOfMarket(marketOfSymbol(symbol));
    return { price: newest.price, currency, at, source: SOURCE };
  };

  return { name: SOURCE, synthetic: false, dailyBars, lastPrice };
};
