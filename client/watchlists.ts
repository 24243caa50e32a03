// Watchlists from outside: subjects sorted into the markets they trade on.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { WatchlistEntry } from '../db/watchlist-store';
import { parseMarket } from '../domain/market/market';
import type { ConclaveClient } from './connect';
import { BadInput, checked, marketOf, readSubjects } from './inputs';

/** Market by its code; null: where each symbol trades. @throws BadInput naming the known ones. */
export const readMarket = (text: string | undefined): string | null =>
  text === undefined ? null : checked(() => parseMarket(text));

/** `AAPL,SAP.DE` as entries of their markets, or all of `market` where one is named. @throws BadInput for none. */
export const watchlistEntries = (
  symbols: readonly string[],
  market: string | null,
): readonly WatchlistEntry[] => {
  const subjects = readSubjects(symbols.join(','));
  if (subjects.length === 0)
    throw new BadInput(
      `symbols is ${JSON.stringify(symbols)}; accepted: at least one symbol, such as AAPL or SAP.DE`,
    );
  return subjects.map((subject) => ({ market: market ?? marketOf([subject]), subject }));
};

/** Takes all of them off, or none. @throws BadInput naming those that are on no watchlist. */
export const removeFromWatchlists = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  entries: readonly WatchlistEntry[],
): Promise<void> => {
  const listed = await stores.watchlists.list();
  const missing = entries.filter(
    (entry) => !listed.some(({ market, subject }) => market === entry.market && subject === entry.subject),
  );
  if (missing.length > 0)
    throw new BadInput(
      `symbols names ${missing.map(({ subject, market }) => `${subject} of ${market}`).join(', ')}, which no watchlist has; accepted: those that "conclave watchlist list" shows`,
    );
  await stores.watchlists.remove(entries);
};

/** Subjects by market, in the order in which they were added. */
export const watchlistsByMarket = (
  entries: readonly WatchlistEntry[],
): Readonly<Record<string, readonly string[]>> => {
  const lists = new Map<string, string[]>();
  for (const { market, subject } of entries) {
    const list = lists.get(market);
    if (list) list.push(subject);
    else lists.set(market, [subject]);
  }
  return Object.fromEntries(lists);
};

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
