// `conclave event`: tells every reader that briefs are stale; returns once the new epoch is committed.
import type { Command } from 'commander';
import { sendMarketEvent } from '../../client/events';
import {
  eventId,
  eventReason,
  eventScope,
  eventSymbols,
  eventType,
  readField,
  worldName,
} from '../../client/fields';
import { parseMarketEvent } from '../../domain/research/market-events';
import { checks, newRequestKey, readWorld, typedList } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly reason?: string;
  readonly id?: string;
  readonly world?: string;
  readonly scope?: string;
  readonly json?: boolean;
}

const run = async (type: string, symbols: readonly string[], flags: Flags): Promise<void> => {
  const event = {
    id: flags.id ?? `cli-${newRequestKey()}`,
    type,
    ...(symbols.length > 0
      ? { symbols: readField('symbols', eventSymbols, typedList(symbols.join(','))) }
      : {}),
    reason: flags.reason ?? 'entered by hand',
    ...(flags.world ? { world: readWorld(flags.world) } : {}),
    ...(flags.scope ? { scope: readField('scope', eventScope, flags.scope) } : {}),
  };
  parseMarketEvent(event, { receivedAt: new Date().toISOString() });
  const ack = await withClient(({ client }) => sendMarketEvent(client, event));
  if (flags.json) printJson(ack);
  else
    printText(
      `${ack.type} ${ack.id}: ${ack.first ? 'recorded' : 'known already'}, epoch ${ack.epoch}, covers ${ack.covers === 'all' ? 'everything' : ack.covers.join(', ')}`,
    );
};

export const registerEvent = (program: Command): void => {
  program
    .command('event')
    .argument(
      '<type>',
      'earnings, major_news, market_crash, rate_change, geopolitical, or a type of your own',
      checks('type', eventType),
    )
    .argument('[symbols...]', 'symbols, where the type covers named symbols')
    .description('market event: makes the briefs it covers stale')
    .option('--reason <text>', 'what happened', checks('reason', eventReason))
    .option('--id <id>', 'the same id counts once', checks('id', eventId))
    .option('--world <id>', 'one world only (default: all)', checks('world', worldName))
    .option('--scope <scope>', 'symbols or everything, for a type of your own', checks('scope', eventScope))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave event earnings AAPL --reason "Q4 results"\n  $ conclave event market_crash --reason "circuit breaker"',
    )
    .action(runAction(run));
};
