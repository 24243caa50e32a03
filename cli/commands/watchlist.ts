// `conclave watchlist`: what each market's sessions look at.
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import { marketCode, readField, watchlistSymbols } from '../../client/fields';
import {
  readMarket,
  readWatchlistFile,
  removeFromWatchlists,
  watchlistEntries,
  watchlistsByMarket,
} from '../../client/watchlists';
import type { WatchlistEntry } from '../../db/watchlist-store';
import { checks, typedList } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly market?: string;
  readonly json?: boolean;
}

const show = (entries: readonly WatchlistEntry[], flags: Flags): void => {
  const lists = watchlistsByMarket(entries);
  if (flags.json) printJson({ watchlists: lists });
  else if (entries.length === 0)
    printText('No watchlist yet. Add one with: conclave watchlist add AAPL MSFT SAP.DE');
  else
    printText(
      Object.entries(lists)
        .map(([market, subjects]) => `${market}  ${subjects.join(', ')}`)
        .join('\n'),
    );
};

const list = async (flags: Flags): Promise<void> => {
  const market = readMarket(flags.market);
  show(await withClient(({ client }) => client.stores.watchlists.list(market ?? undefined)), flags);
};

type Change = (client: ConclaveClient, entries: readonly WatchlistEntry[]) => Promise<unknown>;

const change =
  (make: Change) =>
  async (symbols: readonly string[], flags: Flags): Promise<void> => {
    const typed = readField('symbols', watchlistSymbols, typedList(symbols.join(',')));
    const entries = watchlistEntries(typed, readMarket(flags.market));
    const after = await withClient(async ({ client }) => {
      await make(client, entries);
      return client.stores.watchlists.list();
    });
    show(after, flags);
  };

const importFile = async (path: string, flags: Flags): Promise<void> => {
  const entries = await readWatchlistFile(path, readMarket(flags.market));
  const after = await withClient(async ({ client }) => {
    await client.stores.watchlists.add(entries);
    return client.stores.watchlists.list();
  });
  show(after, flags);
};

const withOptions = (command: Command): Command =>
  command
    .option('--market <code>', 'market (default: where each symbol trades)', checks('market', marketCode))
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
    runAction(change(({ stores }, entries) => stores.watchlists.add(entries))),
  );
  withOptions(watchlist.command('remove').argument('<symbols...>').description('remove symbols')).action(
    runAction(change(removeFromWatchlists)),
  );
  withOptions(
    watchlist
      .command('import')
      .argument('<file>', 'one symbol a line')
      .description('add the symbols of a file'),
  ).action(runAction(importFile));
};
