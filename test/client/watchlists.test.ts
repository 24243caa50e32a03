// Watchlists from outside: what is taken off must have been on.
import type { ConclaveClient } from '../../client/connect';
import { removeFromWatchlists, watchlistEntries } from '../../client/watchlists';
import type { WatchlistEntry } from '../../db/watchlist-store';

const removed: WatchlistEntry[] = [];
const client = {
  stores: {
    watchlists: {
      list: async () => watchlistEntries(['AAPL', 'MSFT'], null),
      remove: async (entries: readonly WatchlistEntry[]) => removed.push(...entries),
    },
  },
} as unknown as ConclaveClient;

beforeEach(() => {
  removed.length = 0;
});

test('what is on a watchlist is taken off', async () => {
  await removeFromWatchlists(client, watchlistEntries(['MSFT', 'AAPL'], null));
  expect(removed.map(({ subject }) => subject)).toEqual(['equity:MSFT', 'equity:AAPL']);
});

test.each([
  [['AAPL', 'APPL'], null, 'symbols names equity:APPL of XNYS, which no watchlist has; accepted: '],
  [['AAPL'], 'XTKS', 'symbols names equity:AAPL of XTKS, which'],
])('%j of market %s are refused whole, naming what is not there', async (symbols, market, message) => {
  await expect(removeFromWatchlists(client, watchlistEntries(symbols, market))).rejects.toThrow(message);
  expect(removed).toEqual([]);
});
