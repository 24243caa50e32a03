// Watchlists: what each market's sessions look at. After the first sync of schedules, a worker follows changes.
import { z } from '@hono/zod-openapi';
import { watchlistSymbols } from '../../client/fields';
import { readMarket, watchlistEntries, watchlistsByMarket } from '../../client/watchlists';
import { operation } from '../operation';
import { notFound } from '../problem';
import { marketField, symbolField, textList } from '../schemas/fields';

const market = marketField.optional().openapi({ description: 'Default: where each symbol trades' });

const watchlistsSchema = z
  .object({ watchlists: z.record(z.string(), textList).openapi({ description: 'Subjects by market' }) })
  .openapi('Watchlists');

const list = operation({
  id: 'listWatchlists',
  method: 'get',
  path: '/api/v1/watchlists',
  tag: 'schedules',
  summary: "What each market's sessions look at",
  scope: 'read',
  query: z.object({ market: marketField.optional() }),
  response: watchlistsSchema,
  handle: async ({ query, context: { client } }) => {
    const one = readMarket(query.market) ?? undefined;
    return { watchlists: watchlistsByMarket(await client.stores.watchlists.list(one)) };
  },
});

const add = operation({
  id: 'addToWatchlists',
  method: 'post',
  path: '/api/v1/watchlists',
  tag: 'schedules',
  summary: 'Adds symbols to the watchlists of their markets, or of one; what is there stays',
  scope: 'run',
  body: z.strictObject({ symbols: watchlistSymbols, market }).openapi('WatchlistAddition'),
  response: watchlistsSchema,
  handle: async ({ body, context: { client } }) => {
    const entries = watchlistEntries(body.symbols, readMarket(body.market));
    await client.stores.watchlists.add(entries);
    return { watchlists: watchlistsByMarket(await client.stores.watchlists.list()) };
  },
});

const remove = operation({
  id: 'removeFromWatchlist',
  method: 'delete',
  path: '/api/v1/watchlists/{symbol}',
  tag: 'schedules',
  summary: 'Removes a symbol from the watchlist of its market, or of the one named',
  scope: 'run',
  params: z.object({ symbol: symbolField }),
  query: z.object({ market }),
  response: watchlistsSchema,
  handle: async ({ params: { symbol }, query, context: { client } }) => {
    const entries = watchlistEntries([symbol], readMarket(query.market));
    const removed = await client.stores.watchlists.remove(entries);
    if (removed === 0) throw notFound('entry of a watchlist', symbol);
    return { watchlists: watchlistsByMarket(await client.stores.watchlists.list()) };
  },
});

export const watchlistOperations = [list, add, remove];
