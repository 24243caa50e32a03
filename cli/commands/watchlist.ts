// `conclave watchlist`: what each market's sessions look at.
import type { Command } from 'commander';
import { checked } from '../../client/inputs';
import { readWatchlistFile, watchlistEntries } from '../../client/watchlists';
import type { WatchlistEntry } from '../../db/watchlist-store';
import { parseMarket } from '../../domain/market/market';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly market?: string;
  readonly json?: boolean;
}

const marketOption = (flags: Flags): string | null =>
  flags.market ? checked(() => parseMarket(flags.market!)) : null;

const show = (entries: readonly WatchlistEntry[], flags: Flags): void => {
  const markets = [...new Set(entries.map(({ market }) => market))];
  const lists = Object.fromEntries(
    markets.map((market) => [
      market,
      entries.filter((entry) => entry.market === market).map(({ subject }) => subject),
    ]),
  );
  if (flags.json) printJson({ watchlists: lists });
  else if (entries.length === 0)
    printText('No watchlist yet. Add one with: conclave watchlist add AAPL MSFT SAP.DE');
  else printText(markets.map((market) => `${market}  ${lists[market]!.join(', ')}`).join('\n'));
};

const list = async (flags: Flags): Promise<void> => {
  const market = marketOption(flags);
  show(await withClient(({ client }) => client.stores.watchlists.list(market ?? undefined)), flags);
};

const change =
  (how: 'add' | 'remove') =>
  async (symbols: readonly string[], flags: Flags): Promise<void> => {
    const entries = watchlistEntries(symbols, marketOption(flags));
    const after = await withClient(async ({ client }) => {
      await client.stores.watchlists[how](entries);
      return client.stores.watchlists.list();
    });
    show(after, flags);
  };

const importFile = async (path: string, flags: Flags): Promise<void> => {
  const entries = await readWatchlistFile(path, marketOption(flags));
  const after = await withClient(async ({ client }) => {
    await client.stores.watchlists.add(entries);
    return client.stores.watchlists.list();
  });
  show(after, flags);
};

const withOptions = (command: Command): Command =>
  command
    .option('--market <code>', 'market (default: where each symbol trades)')
    .option('--json', 'print one JSON document');

export const registerWatchlist = (program: Command): void => {
  const watchlist = program
    .command('watchlist')
    .description("what each market's sessions look at")
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave watchlist add AAPL MSFT SAP.DE\n  $ conclave watchlist import symbols.txt\n  $ conclave watchlist list --json',
    );
  withOptions(watchlist.command('list').description('show the watchlists')).action(runAction(list));
  withOptions(watchlist.command('add').argument('<symbols...>').description('add symbols')).action(
    runAction(change('add')),
  );
  withOptions(watchlist.command('remove').argument('<symbols...>').description('remove symbols')).action(
    runAction(change('remove')),
  );
  withOptions(
    watchlist
      .command('import')
      .argument('<file>', 'one symbol a line')
      .description('add the symbols of a file'),
  ).action(runAction(importFile));
};
