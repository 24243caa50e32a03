// Asks price sources in order until one delivers bars that hold up, and keeps what each answered.
import type { BarSeries } from '../domain/market/bar';
import { lastKnownTradingDay } from '../domain/market/calendar';
import { marketOfSymbol, parseSymbol } from '../domain/market/market';
import { checkBars } from './check-bars';
import type { Politeness } from './politeness';
import { type BarsRequest, type PriceSource, SourceFailure, type SourceFailureKind } from './port';

/** What one source of a chain answered. */
export interface SourceResult {
  readonly source: string;
  readonly ok: boolean;
  /** Null when it delivered. */
  readonly kind: SourceFailureKind | null;
  /** True when the source could not be reached at all. */
  readonly offline: boolean;
  readonly detail: string;
  readonly elapsedMs: number;
}

export interface ChainAnswer {
  readonly series: BarSeries;
  /** In the order asked; the last one delivered. */
  readonly results: readonly SourceResult[];
}

export interface PriceChain extends PriceSource {
  /** As `dailyBars`, with what each source answered. @throws SourceFailure when none delivered. */
  dailyBarsWithResults(request: BarsRequest): Promise<ChainAnswer>;
}

export interface ChainLink {
  readonly source: PriceSource;
  /** Absent for sources that cost nothing to ask. */
  readonly politeness?: Politeness;
  /** It has some symbols only: why it gives nothing says nothing of the symbol, nor of the others. */
  readonly partial?: true;
}

export interface ChainOptions {
  readonly links: readonly ChainLink[];
  readonly now?: () => number;
}

/** A symbol that one source does not know is unknown, however many others cannot be reached. */
const KIND_ORDER: readonly SourceFailureKind[] = [
  'not_found',
  'stale',
  'malformed',
  'refused',
  'rate_limited',
  'unreachable',
];

/** @param telling answers of links that are not partial */
const combined = (
  symbol: string,
  results: readonly SourceResult[],
  telling: readonly SourceResult[],
): SourceFailure => {
  const kind = KIND_ORDER.find((candidate) => telling.some((result) => result.kind === candidate));
  const details = results.map((result) => `${result.source}: ${result.detail}`).join('; ');
  const offline = telling.length > 0 && telling.every((result) => result.offline);
  const text = `no source has prices of ${symbol}: ${details}`;
  return new SourceFailure('prices', kind ?? 'unreachable', text, offline);
};

/**
 * Creates the chain. A synthetic link is asked only while every real one is out of reach and none has
 * delivered yet: made-up prices never stand in for an unknown symbol, nor beside real ones.
 */
export const createPriceChain = (options: ChainOptions): PriceChain => {
  const now = options.now ?? Date.now;
  let hasDelivered = false;

  const maySubstitute = (results: readonly SourceResult[]): boolean =>
    !hasDelivered && results.every((result) => result.offline);

  const ask = async (link: ChainLink, request: BarsRequest): Promise<BarSeries> => {
    const market = request.market ?? marketOfSymbol(request.symbol);
    const load = () => link.source.dailyBars(request);
    // Bars change only when another day has closed, so the as-of's day is the key, not its millisecond.
    const day = lastKnownTradingDay(market, request.asOf);
    const key = `${market}|${request.symbol}|${request.days}|${day}`;
    const series = await (link.politeness ? link.politeness.run(key, request.signal, load) : load());
    return checkBars(series, { market, asOf: request.asOf });
  };

  const attempt = async (
    link: ChainLink,
    request: BarsRequest,
  ): Promise<[SourceResult, BarSeries | null]> => {
    const startedAt = now();
    const source = link.source.name;
    try {
      const series = await ask(link, request);
      const detail = `${series.bars.length} bars to ${series.bars.at(-1)!.date}`;
      return [{ source, ok: true, kind: null, offline: false, detail, elapsedMs: now() - startedAt }, series];
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      const { kind, offline, message: detail } = error;
      return [{ source, ok: false, kind, offline, detail, elapsedMs: now() - startedAt }, null];
    }
  };

  const dailyBarsWithResults = async (asked: BarsRequest): Promise<ChainAnswer> => {
    const request = { ...asked, symbol: parseSymbol(asked.symbol) };
    const results: SourceResult[] = [];
    const telling: SourceResult[] = [];
    for (const link of options.links) {
      if (link.source.synthetic && !maySubstitute(telling)) continue;
      const [result, series] = await attempt(link, request);
      results.push(result);
      if (!link.partial) telling.push(result);
      if (!series) continue;
      hasDelivered ||= !series.synthetic;
      return { series, results };
    }
    throw combined(request.symbol, results, telling);
  };

  return {
    name: 'prices',
    synthetic: options.links.every((link) => link.source.synthetic),
    dailyBars: async (request) => (await dailyBarsWithResults(request)).series,
    dailyBarsWithResults,
  };
};
