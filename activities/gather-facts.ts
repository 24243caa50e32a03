// Reads the sources for one subject, side by side, and stores what was public at the as-of instant. A source
// that fails is named as missing; without prices or a quote there is nothing to research.
import { Context } from '@temporalio/activity';
import type { Dossier } from '../db/dossier-store';
import { knownBars, knownItems } from '../domain/market/as-of';
import type { BarSeries } from '../domain/market/bar';
import { localDateOf } from '../domain/market/calendar';
import { PRICE_CURRENCY, unitText } from '../domain/market/currency';
import { figuresOf } from '../domain/market/figures';
import { marketOfSymbol } from '../domain/market/market';
import { parseSubject } from '../domain/market/subject';
import type { SourceItem } from '../domain/research/brief';
import { evidenceOf } from '../domain/research/evidence';
import { earningsAhead } from '../domain/research/upcoming';
import { type IsoInstant, SYNTHETIC_WORLD } from '../domain/world';
import { type FundamentalsSource, type NewsSource, type PriceSource, SourceFailure } from '../sources/port';
import { hashPriceFile } from '../sources/price-file';
import type { GatheredFacts, ResearchInput } from '../workflows/contracts/research';
import type { Dependencies } from './dependencies';
import { badInput, noData } from './failures';
import { peerFacts } from './peer-facts';
import { priceItem } from './price-item';

/** A trading year and a half: 250 bars of volatility context and room for the longest look-back. */
const BAR_DAYS = 400;
const NEWS_LIMIT = 20;

interface Gathering {
  readonly input: ResearchInput;
  readonly asOf: IsoInstant;
  readonly signal: AbortSignal;
  readonly degraded: string[];
}

export const createGatherFacts = ({ stores, sources }: Dependencies) => {
  const priceSource = async ({ input }: Gathering): Promise<PriceSource> => {
    if (input.prices) {
      const hash = await hashPriceFile(input.prices.path);
      if (hash !== input.prices.hash)
        throw badInput(`prices file ${input.prices.path} has changed since the request`);
      return sources.priceFile(input.prices.path);
    }
    return input.world === SYNTHETIC_WORLD ? sources.synthetic.prices : sources.prices;
  };

  /** Replays from a file read nothing but the file: what the web says now was not public then. */
  const newsSources = ({ input }: Gathering): readonly NewsSource[] => {
    if (input.world === SYNTHETIC_WORLD) return [sources.synthetic.news];
    return input.prices ? [] : [sources.news];
  };
  const fundamentalsSources = ({ input }: Gathering): readonly FundamentalsSource[] => {
    if (input.world === SYNTHETIC_WORLD) return [sources.synthetic.fundamentals];
    return input.prices ? [] : [sources.fundamentals];
  };

  /** The value, or null with the source named as missing. */
  const orMissing = async <T>(gathering: Gathering, name: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      gathering.degraded.push(`${name}: ${error.kind}`);
      return null;
    }
  };

  const bars = async (gathering: Gathering, symbol: string): Promise<BarSeries> => {
    const { asOf, signal } = gathering;
    try {
      const series = await (await priceSource(gathering)).dailyBars({ symbol, asOf, signal, days: BAR_DAYS });
      // Whatever a worker's sources let stand in: a brief of made-up prices is read and scored like a real one.
      if (series.synthetic && gathering.input.world !== SYNTHETIC_WORLD)
        throw noData(`no real prices of ${symbol} can be reached; world synthetic takes the made-up tape`);
      const known = knownBars(series.bars, marketOfSymbol(symbol), asOf);
      if (known.length === 0) throw noData(`no bar of ${symbol} was public at ${asOf}`);
      return { ...series, bars: known };
    } catch (error) {
      // One that cannot be reached was asked twice, or is left alone for minutes: to try again asks nobody.
      if (error instanceof SourceFailure && (error.kind === 'not_found' || error.offline))
        throw noData(error.message);
      throw error;
    }
  };

  const news = async (gathering: Gathering, symbol: string): Promise<readonly SourceItem[]> => {
    const { asOf, signal } = gathering;
    const found = await Promise.all(
      newsSources(gathering).map((source) =>
        orMissing(gathering, source.name, source.headlines({ symbol, asOf, signal, limit: NEWS_LIMIT })),
      ),
    );
    return knownItems(
      found.flatMap((items) => items ?? []),
      asOf,
    ).slice(0, NEWS_LIMIT);
  };

  const fundamentals = async (gathering: Gathering, symbol: string) => {
    const { asOf, signal } = gathering;
    const found = await Promise.all(
      fundamentalsSources(gathering).map((source) =>
        orMissing(gathering, source.name, source.fundamentals({ symbol, asOf, signal })),
      ),
    );
    const known = found.flatMap((each) => (each && each.publicAt <= asOf ? [each] : []));
    // The exchange's day: in Tokyo it is a day ahead of UTC before the open.
    const today = localDateOf(marketOfSymbol(symbol), asOf);
    const named = (field: 'sector' | 'industry') =>
      known.find((each) => each[field] !== null)?.[field] ?? null;
    return {
      company: { sector: named('sector'), industry: named('industry') },
      facts: Object.assign({}, ...known.map((each) => each.figures)) as Record<string, number | string>,
      upcoming: known.flatMap((each) => earningsAhead(each, today)),
    };
  };

  const equity = async (gathering: Gathering, symbol: string): Promise<Dossier> => {
    const { input, asOf } = gathering;
    const [series, items, extra] = await Promise.all([
      bars(gathering, symbol),
      news(gathering, symbol),
      fundamentals(gathering, symbol),
    ]);
    const seriesId = await stores.series.put(input.world, series);
    const peers = await peerFacts({
      symbol,
      asOf,
      signal: gathering.signal,
      prices: await priceSource(gathering),
      ...extra.company,
    });
    return {
      world: input.world,
      subject: input.subject,
      asOf,
      seriesId,
      items: [priceItem(series, asOf), ...items],
      facts: {
        [PRICE_CURRENCY]: unitText(series.currency),
        ...figuresOf(series.bars),
        ...extra.facts,
        ...peers,
      },
      upcoming: extra.upcoming,
      quote: null,
      synthetic: series.synthetic,
    };
  };

  const contract = async (gathering: Gathering, name: string): Promise<Dossier> => {
    const { input, asOf, signal } = gathering;
    const at = name.indexOf('/');
    const venue = name.slice(0, at).toLowerCase();
    if (venue !== 'kalshi' && venue !== 'polymarket')
      throw badInput(`venue "${venue}" is unknown; accepted: kalshi, polymarket`);
    const quote = await sources.predictionMarkets[venue].quote({
      contract: name.slice(at + 1),
      asOf,
      signal,
    });
    return {
      world: input.world,
      subject: input.subject,
      asOf,
      seriesId: null,
      items: [{ source: quote.venue, title: quote.title, publicAt: quote.quotedAt, fetchedAt: asOf }],
      facts: quote.priceOfYes === null ? {} : { priceOfYes: quote.priceOfYes },
      upcoming: [`${quote.closesAt.slice(0, 10)}: market closes`],
      quote,
      synthetic: false,
    };
  };

  /** @throws ApplicationFailure BadInput or NoData (final), or a source's failure (retried). */
  const gatherFacts = async (input: ResearchInput): Promise<GatheredFacts> => {
    const asOf = input.asOf ?? (await stores.worlds.now(input.world));
    const gathering: Gathering = { input, asOf, signal: Context.current().cancellationSignal, degraded: [] };
    const { kind, name } = parseSubject(input.subject);
    if (kind !== 'equity' && kind !== 'market')
      throw badInput(
        `subject ${input.subject} cannot be researched; accepted: equity:SYMBOL, market:VENUE/CONTRACT`,
      );
    const dossier = kind === 'equity' ? await equity(gathering, name) : await contract(gathering, name);
    return {
      dossierId: await stores.dossiers.put(dossier),
      seriesId: dossier.seriesId,
      asOf,
      synthetic: dossier.synthetic,
      items: dossier.items.length,
      degraded: [...gathering.degraded, ...withheldNews(dossier.items)],
    };
  };
  return { gatherFacts };
};

/** What models will not read of the news, for people to see. */
const withheldNews = (items: readonly SourceItem[]): readonly string[] => {
  const { withheld } = evidenceOf(items);
  const { instructions, uncorroborated } = withheld;
  return [
    ...(instructions > 0 ? [`news: ${instructions} withheld that read like instructions to a model`] : []),
    ...(uncorroborated > 0 ? [`news: ${uncorroborated} withheld that only one source tells`] : []),
  ];
};
