// Detectors as activities: which symbols are looked at now, and what their newest facts propose. A source that
// fails leaves its detectors out of this look; the next is a quarter of an hour away.
import { Context } from '@temporalio/activity';
import { isWatched, type ProposedEvent, proposedEvents, type Sight } from '../domain/desk/detectors';
import { knownBars, knownItems } from '../domain/market/as-of';
import { MARKETS, marketOfSymbol } from '../domain/market/market';
import { equitySubject, parseSubject } from '../domain/market/subject';
import { normaliseSubject } from '../domain/research/cache-key';
import { detectorSettings } from '../domain/settings/desk-settings';
import { SYNTHETIC_WORLD, type WorldId } from '../domain/world';
import { SourceFailure } from '../sources/port';
import type { Dependencies } from './dependencies';
import { createDeskWorld } from './desk-world';

const BAR_DAYS = 30;
const NEWS_LIMIT = 100;

export interface EventWatchPlan {
  readonly world: WorldId;
  /** Symbols whose market is open, opens soon or has closed a short while ago, held ones first. */
  readonly symbols: readonly string[];
  readonly skipped: string | null;
}

export interface EventLook {
  readonly proposed: readonly ProposedEvent[];
  readonly degraded: readonly string[];
}

export const createEventWatch = (dependencies: Dependencies) => {
  const { stores, sources } = dependencies;
  const { ownWorld, heldSubjects, readSettings } = createDeskWorld(dependencies);

  const planEventWatch = async (): Promise<EventWatchPlan> => {
    const world = await ownWorld();
    await stores.worlds.enter({ id: world, asOf: null });
    if (!detectorSettings(await readSettings()).enabled)
      return { world, symbols: [], skipped: 'the setting detectors_enabled is false' };
    const now = await stores.worlds.now(world);
    const due = new Set(MARKETS.filter((market) => isWatched(market, now)));
    const watched = (await stores.watchlists.list()).map(({ subject }) => subject);
    const symbols = [...(await heldSubjects(world)), ...watched]
      .map((subject) => parseSubject(normaliseSubject(subject)))
      .flatMap(({ kind, name }) => (kind === 'equity' && due.has(marketOfSymbol(name)) ? [name] : []));
    return symbols.length > 0
      ? { world, symbols: [...new Set(symbols)], skipped: null }
      : {
          world,
          symbols: [],
          skipped: 'no market of a held or watched symbol is open, about to open or just closed',
        };
  };

  /** The value, or null with the source named. */
  const orMissing = async <T>(degraded: string[], what: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      degraded.push(`${what}: ${error.kind}`);
      return null;
    }
  };

  const sightOf = async (world: WorldId, symbol: string, degraded: string[]): Promise<Sight> => {
    const synthetic = world === SYNTHETIC_WORLD;
    const from = synthetic ? sources.synthetic : sources;
    const signal = Context.current().cancellationSignal;
    const market = marketOfSymbol(symbol);
    const asOf = await stores.worlds.now(world);
    const ask = { symbol, asOf, signal };
    const [series, news, fundamentals, lastTrade, newsCountedUntil] = await Promise.all([
      orMissing(degraded, `${symbol} prices`, from.prices.dailyBars({ ...ask, days: BAR_DAYS })),
      orMissing(degraded, `${symbol} news`, from.news.headlines({ ...ask, limit: NEWS_LIMIT })),
      orMissing(degraded, `${symbol} earnings dates`, from.fundamentals.fundamentals(ask)),
      synthetic ? null : orMissing(degraded, `${symbol} last trade`, sources.yahoo.lastPrice(ask)),
      stores.desk.lastEventAt({ world, subject: equitySubject(symbol), type: 'major_news', asOf }),
    ]);
    return {
      world,
      market,
      symbol,
      now: asOf,
      bars: knownBars(series?.bars ?? [], market, asOf),
      lastTrade: lastTrade && { price: lastTrade.price, at: lastTrade.at },
      news: knownItems(news ?? [], asOf).map(({ publicAt }) => publicAt),
      newsCountedUntil,
      earningsDates: fundamentals?.earningsDates ?? [],
      earningsAt: fundamentals?.earningsAt ?? null,
    };
  };

  /** What the newest facts about these symbols propose, without what is on record already. */
  const lookForEvents = async ({
    world,
    symbols,
  }: {
    readonly world: WorldId;
    readonly symbols: readonly string[];
  }): Promise<EventLook> => {
    const settings = detectorSettings(await readSettings());
    const degraded: string[] = [];
    const proposed: ProposedEvent[] = [];
    for (const symbol of symbols)
      proposed.push(...proposedEvents(await sightOf(world, symbol, degraded), settings));
    const known = await stores.desk.recordedEvents(proposed.map(({ id }) => id));
    return { proposed: proposed.filter(({ id }) => !known.has(id)), degraded };
  };
  return { planEventWatch, lookForEvents };
};
