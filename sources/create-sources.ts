// Puts the sources together from the operator's configuration: public defaults, one guarded fetch, politeness
// per host, and the made-up tape as the last resort.
import { type ChainLink, createPriceChain, type PriceChain } from './chain';
import { createGuardedFetch } from './fetch';
import { createFundamentalsChain } from './fundamentals-chain';
import { createKalshi } from './kalshi';
import { createPoliteness, type Politeness, type SharedLimits } from './politeness';
import { createPolymarket } from './polymarket';
import {
  type FundamentalsSource,
  type NewsSource,
  type PredictionMarketSource,
  type PriceSource,
  SourceFailure,
} from './port';
import { createPriceFileSource, type PriceFileOptions } from './price-file';
import { createRssNews } from './rss-news';
import { createSecEdgar } from './sec-edgar';
import { createSyntheticFundamentals, createSyntheticNews, createSyntheticPrices } from './synthetic';
import { createYahooFundamentals } from './yahoo-fundamentals';
import { createYahooPrices, type YahooPrices } from './yahoo-prices';

/** When the made-up tape may stand in: only when no real source can be reached, never, or always. */
export type SyntheticUse = 'when_unreachable' | 'never' | 'always';

/** Everything optional: without it the public, keyless defaults are used. */
export interface SourcesConfig {
  readonly yahooBaseUrl?: string;
  readonly yahooCookieUrl?: string;
  readonly kalshiBaseUrl?: string;
  readonly polymarketBaseUrl?: string;
  readonly secFilesBaseUrl?: string;
  readonly secDataBaseUrl?: string;
  /** "Name address@example.org"; without it EDGAR is not asked. */
  readonly secUserAgent?: string;
  /** RSS or Atom URLs, with `{symbol}` where the symbol goes. */
  readonly newsFeeds?: readonly string[];
  /** Path of a price file that is asked where Yahoo has nothing; see price-file.ts for its form. */
  readonly pricesFile?: string;
  readonly synthetic?: SyntheticUse;
  /** Time for one whole request. Default 8,000 ms. */
  readonly timeoutMs?: number;
  /** How long a source that cannot be reached is left alone. Default 300,000 ms. */
  readonly restMs?: number;
  /** Keep the least time between requests over all processes; without them, of this one alone. */
  readonly limits?: SharedLimits;
  readonly now?: () => number;
}

export interface SourceState {
  readonly source: string;
  /** Until when it is left alone because it could not be reached; ms since 1970, null when it may be asked. */
  readonly restingUntil: number | null;
}

export interface Sources {
  /** Yahoo, the configured file, then the made-up tape where the configuration allows it. */
  readonly prices: PriceChain;
  readonly yahoo: YahooPrices;
  readonly news: NewsSource;
  readonly fundamentals: FundamentalsSource;
  readonly predictionMarkets: {
    readonly kalshi: PredictionMarketSource;
    readonly polymarket: PredictionMarketSource;
  };
  /** The made-up tape by itself; for subjects whose bars were synthetic. */
  readonly synthetic: {
    readonly prices: PriceSource;
    readonly news: NewsSource;
    readonly fundamentals: FundamentalsSource;
  };
  priceFile(path: string, options?: PriceFileOptions): PriceSource;
  /** Whether real prices can be had now; one small request, remembered while the source rests. */
  pricesReachable(signal: AbortSignal): Promise<boolean>;
  states(): readonly SourceState[];
  close(): Promise<void>;
}

/** Least time between requests. Kalshi and the SEC allow 10 a second and more; Yahoo says nothing. */
const INTERVAL_MS = {
  yahoo: 150,
  'yahoo-fundamentals': 150,
  rss: 100,
  kalshi: 120,
  polymarket: 120,
  sec: 150,
} as const;
/** Fundamentals change by the day at most. */
const FUNDAMENTALS_KEEP_MS = 3_600_000;
const NEWS_KEEP_MS = 300_000;

const BASE_FIELDS = [
  'yahooBaseUrl',
  'yahooCookieUrl',
  'kalshiBaseUrl',
  'polymarketBaseUrl',
  'secFilesBaseUrl',
  'secDataBaseUrl',
] as const;

/** The configured addresses. @throws RangeError naming the field of one that is not http or https. */
const operatorBases = (config: SourcesConfig): readonly string[] => {
  const feeds = (config.newsFeeds ?? []).map(
    (feed) => ['newsFeeds', feed.replaceAll('{symbol}', 'X')] as const,
  );
  const bases = BASE_FIELDS.map((field) => [field, config[field]] as const);
  return [...bases, ...feeds].flatMap(([field, url]) => {
    if (url === undefined) return [];
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return [url];
    throw new RangeError(`${field} "${url}" is not an address; accepted: an http or https URL`);
  });
};

/** Leaves out what is not set, as exact optional properties want it. */
const given = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/** A symbol every price source knows, for the reachability check. */
const PROBE_SYMBOL = 'SPY';

/**
 * Creates all sources.
 * @throws RangeError naming the field when a configured address is not an http or https URL.
 */
export const createSources = (config: SourcesConfig = {}): Sources => {
  const now = config.now ?? Date.now;
  const fetch = createGuardedFetch({
    operatorBases: operatorBases(config),
    ...given({ timeoutMs: config.timeoutMs }),
  });
  const politeness = new Map<string, Politeness>();
  /** @param host where one kind of source has several, each with limits of its own */
  const polite = (source: keyof typeof INTERVAL_MS, keepMs?: number, host?: string): Politeness => {
    const name = host === undefined ? source : `${source}:${host}`;
    const known = politeness.get(name);
    if (known) return known;
    const made = createPoliteness({
      source: name,
      minIntervalMs: INTERVAL_MS[source],
      now,
      ...given({ keepMs, restMs: config.restMs, limits: config.limits }),
    });
    politeness.set(name, made);
    return made;
  };
  const use = config.synthetic ?? 'when_unreachable';
  const yahoo = createYahooPrices({ fetch, now, ...given({ baseUrl: config.yahooBaseUrl }) });
  const yahooPoliteness = polite('yahoo');
  const synthetic = {
    prices: createSyntheticPrices(now),
    news: createSyntheticNews(now),
    fundamentals: createSyntheticFundamentals(),
  };
  const { pricesFile } = config;
  const file = pricesFile === undefined ? null : createPriceFileSource(pricesFile, { now });
  const real: readonly ChainLink[] = [
    { source: yahoo, politeness: yahooPoliteness },
    ...(file === null ? [] : [{ source: file, partial: true } as const]),
  ];
  const tape = [{ source: synthetic.prices }];
  const links = { when_unreachable: [...real, ...tape], never: real, always: tape }[use];
  const fundamentals = createFundamentalsChain([
    createYahooFundamentals({
      fetch,
      now,
      politeness: polite('yahoo-fundamentals', FUNDAMENTALS_KEEP_MS),
      ...given({ baseUrl: config.yahooBaseUrl, cookieUrl: config.yahooCookieUrl }),
    }),
    createSecEdgar({
      fetch,
      politeness: polite('sec', FUNDAMENTALS_KEEP_MS),
      userAgent: config.secUserAgent ?? null,
      ...given({ filesBaseUrl: config.secFilesBaseUrl, dataBaseUrl: config.secDataBaseUrl }),
    }),
  ]);

  const pricesReachable = async (signal: AbortSignal): Promise<boolean> => {
    if (use === 'always') return false;
    const ask = { days: 5, asOf: new Date(now()).toISOString(), signal };
    const probe = { ...ask, symbol: PROBE_SYMBOL, market: 'XNYS' as const };
    try {
      await yahooPoliteness.run('probe', signal, () => yahoo.dailyBars(probe));
      return true;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      return file !== null && (await file.hasFreshPrices(ask));
    }
  };

  return {
    prices: createPriceChain({ links, now }),
    yahoo,
    news:
      use === 'always'
        ? synthetic.news
        : createRssNews({
            fetch,
            now,
            politenessOf: (host) => polite('rss', NEWS_KEEP_MS, host),
            ...given({ feeds: config.newsFeeds }),
          }),
    fundamentals: use === 'always' ? synthetic.fundamentals : fundamentals,
    predictionMarkets: {
      kalshi: createKalshi({
        fetch,
        now,
        politeness: polite('kalshi'),
        ...given({ baseUrl: config.kalshiBaseUrl }),
      }),
      polymarket: createPolymarket({
        fetch,
        now,
        politeness: polite('polymarket'),
        ...given({ baseUrl: config.polymarketBaseUrl }),
      }),
    },
    synthetic,
    priceFile: (path, options) => createPriceFileSource(path, { now, ...options }),
    pricesReachable,
    states: () => [...politeness].map(([source, each]) => ({ source, restingUntil: each.restingUntil() })),
    close: () => fetch.close(),
  };
};
