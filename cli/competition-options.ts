// The options by which a competition is defined, whether it is created or replayed at once.
import type { Command } from 'commander';
import { typedValue } from '../client/field-errors';
import { competitionSymbols, mediumWord, plainNumber, usdAmount } from '../client/fields';
import { checks, typedList } from './options';

/** What changes nothing in a competition that is defined already. */
export const DEFINING = [
  ...['--from', '--to', '--symbols', '--cash', '--fee-bps', '--slippage-bps', '--max-position', '--horizon'],
] as const;

export const withDefinition = (command: Command): Command =>
  command
    .option('--json', 'print one JSON document')
    .option('--prices <file>', 'daily bars as CSV or CSV.gz')
    .option('--from <date>', 'first day', checks('from', mediumWord))
    .option('--to <date>', 'last day', checks('to', mediumWord))
    .option(
      '--symbols <list>',
      'symbols of one market, separated by commas',
      checks('symbols', competitionSymbols, typedList),
    )
    .option('--cash <usd>', 'starting cash of every account (default: 100000)', checks('cash', usdAmount))
    .option(
      '--fee-bps <n>',
      'commission per side in basis points (default: 5)',
      checks('fee-bps', plainNumber, typedValue),
    )
    .option(
      '--slippage-bps <n>',
      'slippage per side in basis points (default: 5)',
      checks('slippage-bps', plainNumber, typedValue),
    )
    .option(
      '--max-position <share>',
      'most of the equity in one symbol (default: 0.2)',
      checks('max-position', plainNumber, typedValue),
    )
    .option(
      '--horizon <days>',
      'trading days a position is held at least (default: 5)',
      checks('horizon', plainNumber, typedValue),
    );
