// Watchlists from outside: subjects sorted into the markets they trade on.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { WatchlistEntry } from '../db/watchlist-store';
import { BadInput, marketOf, readSubjects } from './inputs';

/** `AAPL,SAP.DE` as entries of their markets, or all of `market` where one is named. */
export const watchlistEntries = (
  symbols: readonly string[],
  market: string | null,
): readonly WatchlistEntry[] =>
  readSubjects(symbols.join(',')).map((subject) => ({ market: market ?? marketOf([subject]), subject }));

/** One symbol a line; blank lines and lines that begin with # are passed over. @throws BadInput naming the line. */
export const readWatchlistFile = async (
  path: string,
  market: string | null,
): Promise<readonly WatchlistEntry[]> => {
  const entries: WatchlistEntry[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(path, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      const symbol = text.replace(/#.*$/, '').trim();
      if (symbol !== '') entries.push(...watchlistEntries([symbol], market));
    }
  } catch (error) {
    throw new BadInput(
      `${path}${line > 0 ? `, line ${line}` : ''}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return entries;
};
