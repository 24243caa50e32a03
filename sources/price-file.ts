// Local files of daily prices (`symbol,time,open,high,low,close,volume`, .csv or .csv.gz) as a price source,
// for replays and for work without internet.
import { stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { knownBars } from '../domain/market/as-of';
import type { Bar, BarSeries } from '../domain/market/bar';
import { isIsoDate } from '../domain/market/iso-date';
import {
  currencyOfMarket,
  MARKETS,
  type Market,
  marketOfSubject,
  marketOfSymbol,
} from '../domain/market/market';
import { equitySubject, normaliseSymbol } from '../domain/market/subject';
import type { IsoInstant } from '../domain/world';
import { checkBars, oldestLastBar } from './check-bars';
import { type CsvRow, readCsvRows } from './csv-rows';
import { type BarsRequest, type PriceSource, SourceFailure } from './port';

const SOURCE = 'price-file';
const COLUMNS = ['symbol', 'time', 'open', 'high', 'low', 'close', 'volume'];
/** 103 symbols over 70 years; above this a file is no list of daily bars. */
const MAX_ROWS = 5_000_000;

export interface PriceFile {
  readonly path: string;
  /** sha-256 of the uncompressed content, hex. */
  readonly contentHash: string;
  /** Sorted. */
  readonly symbols: readonly string[];
  readonly firstDate: string;
  readonly lastDate: string;
  /** Oldest first, by symbol as the file spells it (upper case). */
  readonly bars: ReadonlyMap<string, readonly Bar[]>;
}

const malformed = (path: string, row: CsvRow, column: string, text: string): SourceFailure =>
  new SourceFailure(SOURCE, 'malformed', `${path}: line ${row.line}, column ${column}: ${text}`);

const NUMBER = /^\d+(\.\d*)?([eE][+-]?\d+)?$/;

const numberOf = (path: string, row: CsvRow, column: string, least: 'above 0' | 'at least 0'): number => {
  const text = row.cells[column]!.trim();
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value) || (least === 'above 0' && value <= 0)) {
    throw malformed(path, row, column, `"${text}" is not a number ${least}`);
  }
  return value;
};

const barOf = (path: string, row: CsvRow): Bar => {
  const symbol = normaliseSymbol(row.cells.symbol!);
  if (symbol === '') throw malformed(path, row, 'symbol', 'is empty');
  const date = row.cells.time!.trim().slice(0, 10);
  if (!isIsoDate(date)) {
    throw malformed(path, row, 'time', `"${row.cells.time}" is not a day; accepted: YYYY-MM-DD`);
  }
  const price = (column: string) => numberOf(path, row, column, 'above 0');
  const bar: Bar = {
    symbol,
    date,
    open: price('open'),
    high: price('high'),
    low: price('low'),
    close: price('close'),
    volume: numberOf(path, row, 'volume', 'at least 0'),
  };
  if (bar.high < bar.low) throw malformed(path, row, 'high', `${bar.high} is below low ${bar.low}`);
  return bar;
};

const addBar = (path: string, row: CsvRow, days: Map<string, Bar>, bar: Bar): void => {
  if (days.has(bar.date)) {
    throw malformed(path, row, 'time', `${bar.symbol} has a second bar for ${bar.date}`);
  }
  days.set(bar.date, bar);
};

const byDate = (a: { readonly date: string }, b: { readonly date: string }): number =>
  a.date < b.date ? -1 : 1;

const readPriceFile = async (path: string): Promise<PriceFile> => {
  const bySymbol = new Map<string, Map<string, Bar>>();
  let rows = 0;
  const contentHash = await readCsvRows({ path, source: SOURCE, columns: COLUMNS }, (row) => {
    rows += 1;
    if (rows > MAX_ROWS) throw malformed(path, row, 'symbol', `more than ${MAX_ROWS} rows`);
    const bar = barOf(path, row);
    const days = bySymbol.get(bar.symbol) ?? new Map<string, Bar>();
    bySymbol.set(bar.symbol, days);
    addBar(path, row, days, bar);
  });
  if (rows === 0) throw new SourceFailure(SOURCE, 'malformed', `${path}: line 2: the file has no rows`);
  const bars = new Map([...bySymbol].map(([symbol, days]) => [symbol, [...days.values()].sort(byDate)]));
  const ends = [...bars.values()].map((list) => ({ first: list[0]!.date, last: list.at(-1)!.date }));
  return {
    path,
    contentHash,
    symbols: [...bars.keys()].sort(),
    firstDate: ends.map((end) => end.first).sort()[0]!,
    lastDate: ends
      .map((end) => end.last)
      .sort()
      .at(-1)!,
    bars,
  };
};

/** Parsed files of this process, by path, size and modification time. */
const parsed = new LRUCache<string, Promise<PriceFile>>({ max: 4 });

/**
 * Reads a price file; kept in memory while its size and modification time stay the same.
 * @throws SourceFailure naming line and column for a malformed file, `not_found` for a missing one.
 */
export const loadPriceFile = async (path: string): Promise<PriceFile> => {
  const facts = await stat(path).catch(() => null);
  const key = `${path}|${facts?.size}|${facts?.mtimeMs}`;
  const known = parsed.get(key);
  if (known) return known;
  const reading = readPriceFile(path);
  parsed.set(key, reading);
  reading.catch(() => parsed.delete(key));
  return reading;
};

/** sha-256 of a price file's uncompressed content, hex. @throws SourceFailure as loadPriceFile does. */
export const hashPriceFile = async (path: string): Promise<string> => (await loadPriceFile(path)).contentHash;

const barsOf = (file: PriceFile, symbol: string): readonly Bar[] => {
  const found = file.bars.get(symbol) ?? file.bars.get(symbol.replace(/-USD$/, ''));
  if (found) return found;
  const some = file.symbols.slice(0, 8).join(', ');
  throw new SourceFailure(
    SOURCE,
    'not_found',
    `symbol ${symbol} is not in ${file.path}, which has ${file.symbols.length} symbols: ${some}${file.symbols.length > 8 ? ', ..' : ''}`,
  );
};

export interface PriceFileOptions {
  /** Market of every symbol of the file; told from each symbol's suffix when absent. */
  readonly market?: Market;
  /** Milliseconds since 1970; the process's clock when absent. */
  readonly now?: () => number;
}

export interface PriceFileSource extends PriceSource {
  /** Whether any symbol has bars that hold up at an instant; false too for a file that cannot be read. */
  hasFreshPrices(request: FreshnessRequest): Promise<boolean>;
}

type FreshnessRequest = Pick<BarsRequest, 'days' | 'asOf' | 'signal'>;

/** A price source over one file. Coins may be asked for as `BTC-USD` where the file says `BTC`. */
export const createPriceFileSource = (path: string, options: PriceFileOptions = {}): PriceFileSource => {
  const now = options.now ?? Date.now;
  const dailyBars = async (request: BarsRequest): Promise<BarSeries> => {
    const symbol = normaliseSymbol(request.symbol);
    const file = await loadPriceFile(path);
    const found = barsOf(file, symbol);
    const market = request.market ?? options.market ?? marketOfSymbol(symbol);
    const known = knownBars(found, market, request.asOf).slice(-request.days);
    if (known.length === 0) {
      throw new SourceFailure(
        SOURCE,
        'not_found',
        `${path} has no bar of ${symbol} that was known at ${request.asOf}; its bars run from ${found[0]!.date} to ${found.at(-1)!.date}`,
      );
    }
    const series: BarSeries = {
      symbol,
      currency: currencyOfMarket(market),
      source: SOURCE,
      synthetic: false,
      bars: known.map((bar) => (bar.symbol === symbol ? bar : { ...bar, symbol })),
      fetchedAt: new Date(now()).toISOString(),
    };
    return checkBars(series, { market, asOf: request.asOf });
  };
  const hasFreshPrices = async ({ days, asOf, signal }: FreshnessRequest): Promise<boolean> => {
    const recent = await heldUp(
      loadPriceFile(path).then((file) => recentSymbols(file, asOf, options.market)),
    );
    for (const symbol of recent ?? [])
      if ((await heldUp(dailyBars({ symbol, days, asOf, signal }))) !== null) return true;
    return false;
  };
  return { name: SOURCE, synthetic: false, dailyBars, hasFreshPrices };
};

/** Null for what a source refuses, or what lies outside the calendar. */
const heldUp = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SourceFailure || error instanceof RangeError) return null;
    throw error;
  }
};

/** Symbols whose last bar is no older than is accepted: a file of long ago is told from its dates alone. */
const recentSymbols = (file: PriceFile, asOf: IsoInstant, only?: Market): readonly string[] => {
  const oldest = new Map(MARKETS.map((market) => [market, oldestLastBar({ market, asOf })]));
  if ([...oldest.values()].every((day) => file.lastDate < day)) return [];
  return file.symbols.filter((symbol) => {
    const market = only ?? marketOfSubject(equitySubject(symbol));
    return market !== null && file.bars.get(symbol)!.at(-1)!.date >= oldest.get(market)!;
  });
};
