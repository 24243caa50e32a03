// Key figures, sector and earnings dates from Yahoo's quoteSummary, which wants a cookie and its crumb.
import { z } from 'zod';
import { currencyOfUnit } from '../domain/market/currency';
import { currencyOfMarket, marketOfSymbol, parseSymbol } from '../domain/market/market';
import type { IsoInstant } from '../domain/world';
import type { GuardedFetch } from './fetch';
import { assertLive } from './live-quote';
import type { Politeness } from './politeness';
import { type FundamentalsSource, SourceFailure } from './port';
import { YAHOO_BASE } from './yahoo-prices';
import { yahooSymbol } from './yahoo-symbol';

const SOURCE = 'yahoo-fundamentals';
/** Answers 404 with the cookie that the crumb belongs to. */
const YAHOO_COOKIE_URL = 'https://fc.yahoo.com/';
const CRUMB_TTL_MS = 1_800_000;
const MODULES = 'quoteType,financialData,defaultKeyStatistics,assetProfile,summaryDetail,calendarEvents';

/** Names in Yahoo's answer that become figures of the same name. */
const FIGURES = [
  'marketCap',
  'trailingPE',
  'forwardPE',
  'priceToBook',
  'priceToSalesTrailing12Months',
  'enterpriseToEbitda',
  'pegRatio',
  'beta',
  'dividendYield',
  'payoutRatio',
  'profitMargins',
  'grossMargins',
  'operatingMargins',
  'returnOnEquity',
  'returnOnAssets',
  'revenueGrowth',
  'earningsGrowth',
  'debtToEquity',
  'currentRatio',
  'freeCashflow',
  'operatingCashflow',
  'totalRevenue',
  'totalDebt',
  'totalCash',
  'trailingEps',
  'forwardEps',
  'bookValue',
  'shortRatio',
  'heldPercentInsiders',
] as const;

const part = z.record(z.string(), z.unknown()).optional();
const summarySchema = z.object({
  quoteSummary: z.object({
    result: z
      .array(
        z.object({
          quoteType: z.object({ symbol: z.string().nullish() }).optional(),
          financialData: part,
          defaultKeyStatistics: part,
          summaryDetail: part,
          assetProfile: z.object({ sector: z.string().nullish(), industry: z.string().nullish() }).optional(),
          calendarEvents: z
            .object({
              earnings: z
                .object({
                  earningsDate: z.array(z.unknown()).default([]),
                  isEarningsDateEstimate: z.boolean().nullish().catch(null),
                })
                .nullish(),
            })
            .optional(),
        }),
      )
      .nullable(),
  }),
});
type Summary = NonNullable<z.infer<typeof summarySchema>['quoteSummary']['result']>[number];

/** Numbers come bare or as `{ raw, fmt }`. */
const numberOf = (value: unknown): number | null => {
  const raw = typeof value === 'object' && value !== null && 'raw' in value ? value.raw : value;
  return typeof raw === 'number' && Number.isFinite(raw) ? raw : null;
};

type Figure = (typeof FIGURES)[number];

const figuresOf = (summary: Summary): Partial<Record<Figure, number>> => {
  const all = { ...summary.summaryDetail, ...summary.defaultKeyStatistics, ...summary.financialData };
  const entries = FIGURES.map((name) => [name, numberOf(all[name])] as const);
  const figures: Partial<Record<Figure, number>> = Object.fromEntries(
    entries.filter((entry): entry is [Figure, number] => entry[1] !== null),
  );
  const { debtToEquity, ...others } = figures;
  // Yahoo's only share in per cent.
  return debtToEquity === undefined ? figures : { ...others, debtToEquity: debtToEquity / 100 };
};

/** Beside a price in another unit these mislead. */
const PER_SHARE: readonly Figure[] = ['bookValue', 'trailingEps', 'forwardEps', 'priceToBook'];
/** What the market pays over what the accounts say. */
const MARKET_TO_ACCOUNTS: readonly Figure[] = ['priceToSalesTrailing12Months', 'enterpriseToEbitda'];

const textIn = (values: Readonly<Record<string, unknown>> | undefined, name: string): string | null => {
  const value = values?.[name];
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value : null;
};

/** The figures that can be compared, and what those of money are in, where Yahoo says it. */
const figuresInUnits = (symbol: string, summary: Summary): Readonly<Record<string, number | string>> => {
  const figures = figuresOf(summary);
  const accounts = textIn(summary.financialData, 'financialCurrency');
  if (accounts === null) return figures;
  const price = textIn(summary.summaryDetail, 'currency') ?? currencyOfMarket(marketOfSymbol(symbol));
  const market = currencyOfUnit(price);
  const misleading = new Set<string>([
    ...(accounts === price ? [] : PER_SHARE),
    ...(accounts === market ? [] : MARKET_TO_ACCOUNTS),
  ]);
  return {
    ...Object.fromEntries(Object.entries(figures).filter(([name]) => !misleading.has(name))),
    accountsCurrency: accounts,
    ...(figures.marketCap === undefined || market === accounts ? {} : { marketCapCurrency: market }),
  };
};

/** Yahoo's instants, earliest first; midnight UTC stands for a day whose hour is not known. */
const earningsInstantsOf = (summary: Summary): readonly IsoInstant[] =>
  (summary.calendarEvents?.earnings?.earningsDate ?? [])
    .map(numberOf)
    .filter((seconds): seconds is number => seconds !== null)
    .map((seconds) => new Date(seconds * 1000).toISOString())
    .sort();

type Earnings = Pick<
  Awaited<ReturnType<FundamentalsSource['fundamentals']>>,
  'earningsDates' | 'earningsAt' | 'earningsWindow'
>;

/** Two days are the ends of a window in which a report is expected, not two reports. */
const earningsOf = (summary: Summary): Earnings => {
  const instants = earningsInstantsOf(summary);
  const [at] = instants;
  if (at === undefined) return { earningsDates: [] };
  const [from, to] = [at.slice(0, 10), instants.at(-1)!.slice(0, 10)];
  if (from !== to || summary.calendarEvents?.earnings?.isEarningsDateEstimate === true)
    return { earningsDates: [], earningsWindow: { from, to } };
  return { earningsDates: [from], ...(at.endsWith('T00:00:00.000Z') ? {} : { earningsAt: at }) };
};

/** @throws SourceFailure for the summary of another symbol, or one in which nothing stands. */
const checkedSummary = (symbol: string, summary: Summary | undefined): Summary => {
  const fail = (text: string) => new SourceFailure(SOURCE, 'malformed', `the summary of ${symbol} ${text}`);
  if (!summary) throw fail('is not of the known form');
  const named = summary.quoteType?.symbol?.toUpperCase() ?? symbol;
  if (named !== symbol) throw fail(`is one of ${named}`);
  const something = Object.keys(figuresOf(summary)).length + earningsInstantsOf(summary).length;
  if (something === 0 && !summary.assetProfile) throw fail('holds nothing');
  return summary;
};

export interface YahooFundamentalsOptions {
  readonly fetch: GuardedFetch;
  readonly politeness: Politeness;
  readonly baseUrl?: string;
  readonly cookieUrl?: string;
  readonly now?: () => number;
}

interface Session {
  readonly cookie: string;
  readonly crumb: string;
  readonly at: number;
}

/** Yahoo's key figures; serves the present only, so an as-of in the past is refused. */
export const createYahooFundamentals = (options: YahooFundamentalsOptions): FundamentalsSource => {
  const base = (options.baseUrl ?? YAHOO_BASE).replace(/\/$/, '');
  const now = options.now ?? Date.now;
  let session: Session | null = null;

  const openSession = async (signal: AbortSignal): Promise<Session> => {
    const url = options.cookieUrl ?? YAHOO_COOKIE_URL;
    const first = await options.fetch.text({ source: SOURCE, url, signal, accept: [404] });
    const cookies = [first.headers['set-cookie'] ?? []].flat();
    const cookie = cookies.map((line) => line.split(';')[0]).join('; ');
    const asked = { source: SOURCE, url: `${base}/v1/test/getcrumb`, signal, headers: { cookie } };
    const crumb = (await options.fetch.text(asked)).text.trim();
    if (crumb === '' || crumb.length > 64 || crumb.includes('<')) {
      throw new SourceFailure(SOURCE, 'refused', 'Yahoo gave no crumb');
    }
    return { cookie, crumb, at: now() };
  };

  const read = async (symbol: string, signal: AbortSignal): Promise<Summary> => {
    if (session === null || now() - session.at > CRUMB_TTL_MS) session = await openSession(signal);
    const { cookie, crumb } = session;
    const query = `modules=${MODULES}&formatted=false&crumb=${encodeURIComponent(crumb)}`;
    const url = `${base}/v10/finance/quoteSummary/${encodeURIComponent(symbol)}?${query}`;
    const answer = await options.fetch
      .json({ source: SOURCE, url, signal, headers: { cookie } })
      .catch((error: unknown) => {
        if (error instanceof SourceFailure && error.kind === 'refused') session = null;
        throw error;
      });
    const parsed = summarySchema.safeParse(answer);
    return checkedSummary(symbol, parsed.data?.quoteSummary.result?.[0]);
  };

  const fundamentals: FundamentalsSource['fundamentals'] = async (request) => {
    const symbol = parseSymbol(request.symbol);
    assertLive(SOURCE, request.asOf, now());
    const summary = await options.politeness.run(symbol, request.signal, () =>
      read(yahooSymbol(symbol), request.signal),
    );
    return {
      figures: figuresInUnits(symbol, summary),
      // Published at some unknown earlier time; the live check above keeps "now" within minutes of the as-of.
      publicAt: request.asOf,
      sector: summary.assetProfile?.sector ?? null,
      industry: summary.assetProfile?.industry ?? null,
      ...earningsOf(summary),
    };
  };
  return { name: SOURCE, fundamentals };
};
