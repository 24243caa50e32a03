// `conclave alerts`: what rang, since when, and what is still open.
import type { Command } from 'commander';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly open?: boolean;
  readonly limit: string;
  readonly json?: boolean;
}

const MOST = 500;

const readLimit = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new RangeError(`limit "${text}" is not accepted; accepted: a whole number from 1 to ${MOST}`);
};

const run = async (flags: Flags): Promise<void> => {
  const filter = { openOnly: flags.open ?? false, limit: readLimit(flags.limit) };
  const alerts = await withClient(({ client }) => client.stores.alerts.list(filter));
  if (flags.json) {
    printJson({ alerts });
    return;
  }
  const lines = alerts.map(
    ({ severity, title, raisedAt, resolvedAt }) =>
      `${severity.padEnd(9)} ${raisedAt}  ${resolvedAt ? `over ${resolvedAt}` : 'open'.padEnd(29)}  ${title}`,
  );
  printText(lines.length > 0 ? lines.join('\n') : 'No alerts.');
};

export const registerAlerts = (program: Command): void => {
  program
    .command('alerts')
    .description('alerts, newest first, with when each was over')
    .option('--open', 'only those that are not over')
    .option('--limit <count>', 'at most so many', '50')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  $ conclave alerts --open\n  $ conclave alerts --limit 200 --json')
    .action(runAction(run));
};
