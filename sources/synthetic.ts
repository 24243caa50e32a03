// The made-up tape behind the source ports: bars, headlines and key figures that say they are synthetic
// wherever they show.
import { knownItems } from '../domain/market/as-of';
import type { Bar, BarSeries } from '../domain/market/bar';
import { sessionTimes } from '../domain/market/calendar';
import { addDays } from '../domain/market/iso-date';
import { currencyOfMarket, type Market, marketOfSymbol, parseSymbol } from '../domain/market/market';
import { seededNumbers, syntheticBars } from '../domain/market/synthetic-tape';
import type { SourceItem } from '../domain/research/brief';
import type { IsoInstant } from '../domain/world';
import { checkBars } from './check-bars';
import type { BarsRequest, FundamentalsSource, NewsSource, PriceSource } from './port';

const SYNTHETIC_SOURCE = 'synthetic';

/** Price source of made-up bars for any symbol on its market's trading days. */
export const createSyntheticPrices = (now: () => number = Date.now): PriceSource => ({
  name: SYNTHETIC_SOURCE,
  synthetic: true,
  dailyBars: async (request: BarsRequest): Promise<BarSeries> => {
    const symbol = parseSymbol(request.symbol);
    const market = request.market ?? marketOfSymbol(symbol);
    const series: BarSeries = {
      symbol,
      currency: currencyOfMarket(market),
      source: SYNTHETIC_SOURCE,
      synthetic: true,
      bars: syntheticBars(symbol, market, request.asOf).slice(-request.days),
      fetchedAt: new Date(now()).toISOString(),
    };
    return checkBars(series, { market, asOf: request.asOf });
  },
});

const percent = (share: number): string => `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`;

/** One line on a day's bar; made from the tape, so that text and numbers agree. */
const headlineOf = (bar: Bar, before: Bar, market: Market, fetchedAt: IsoInstant): SourceItem => {
  const move = bar.close / before.close - 1;
  const busy = bar.volume > 1.5 * before.volume ? ' on heavy volume' : '';
  return {
    source: SYNTHETIC_SOURCE,
    title: `[synthetic] ${bar.symbol} closes ${percent(move)} at ${bar.close}${busy} (made-up tape)`,
    publicAt: sessionTimes(market, bar.date).closeUtc,
    fetchedAt,
    synthetic: true,
  };
};

/** Headlines made from the tape, newest first, for the days of the largest moves among the last twenty. */
export const createSyntheticNews = (now: () => number = Date.now): NewsSource => ({
  name: SYNTHETIC_SOURCE,
  headlines: async ({ symbol: text, asOf, limit }) => {
    const symbol = parseSymbol(text);
    const market = marketOfSymbol(symbol);
    const bars = syntheticBars(symbol, market, asOf).slice(-21);
    const fetchedAt = new Date(now()).toISOString();
    const moved = bars
      .slice(1)
      .map((bar, index) => ({ bar, before: bars[index]! }))
      .sort((a, b) => Math.abs(b.bar.close / b.before.close - 1) - Math.abs(a.bar.close / a.before.close - 1))
      .slice(0, limit)
      .sort((a, b) => (a.bar.date < b.bar.date ? 1 : -1));
    return knownItems(
      moved.map(({ bar, before }) => headlineOf(bar, before, market, fetchedAt)),
      asOf,
    );
  },
});

const SECTORS = ['Technology', 'Health Care', 'Industrials', 'Consumer', 'Financials', 'Energy'] as const;

/** Made-up key figures, fixed per symbol and quarter; the day of the next earnings included. */
export const createSyntheticFundamentals = (): FundamentalsSource => ({
  name: SYNTHETIC_SOURCE,
  fundamentals: async ({ symbol: text, asOf }) => {
    const symbol = parseSymbol(text);
    const quarter = `${asOf.slice(0, 4)}Q${Math.ceil(Number(asOf.slice(5, 7)) / 3)}`;
    const fixed = seededNumbers(`synthetic-company|${symbol}`);
    const next = seededNumbers(`synthetic-company|${symbol}|${quarter}`);
    const sector = SECTORS[Math.floor(fixed() * SECTORS.length)]!;
    const quarterStart = `${quarter.slice(0, 4)}-${String(Number(quarter[5]) * 3 - 2).padStart(2, '0')}-01`;
    const figures: Record<string, number | string> = {
      trailingPE: Number((8 + 30 * next()).toFixed(2)),
      priceToBook: Number((1 + 8 * next()).toFixed(2)),
      profitMargin: Number((-0.02 + 0.3 * next()).toFixed(4)),
      revenueGrowth: Number((-0.1 + 0.35 * next()).toFixed(4)),
      debtToEquity: Number((2 * next()).toFixed(3)),
      returnOnEquity: Number((-0.05 + 0.4 * next()).toFixed(4)),
      note: 'synthetic: made-up figures',
    };
    return {
      figures,
      publicAt: `${quarterStart}T00:00:00.000Z`,
      sector: `${sector} (synthetic)`,
      industry: null,
      earningsDates: [addDays(quarterStart, 20 + Math.floor(fixed() * 40))],
    };
  },
});
