// `conclave alerts`: what rang, since when, and what is still open.
import type { Command } from 'commander';
import { readLimit } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly open?: boolean;
  readonly limit: string;
  readonly json?: boolean;
}

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
