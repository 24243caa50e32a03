// `conclave spend`: what was spent, by model, category, hour or feature.
import type { Command } from 'commander';
import { readSpendGroup, spendDocument } from '../../client/spend';
import type { SpendRange } from '../../db/spend-store';
import { savingsText } from '../../domain/money/savings';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly by: string;
  readonly from?: string;
  readonly to?: string;
  readonly session?: string;
  readonly decision?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const instant = (name: string, text: string): string => {
  const ms = /^\d{4}-\d{2}(-\d{2})?/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new RangeError(`--${name} "${text}" is no time; accepted: 2026-11-20 or 2026-11-20T13:00:00Z`);
  return new Date(ms).toISOString();
};

const rangeOf = (flags: Flags): SpendRange => ({
  ...(flags.from ? { from: instant('from', flags.from) } : {}),
  ...(flags.to ? { to: instant('to', flags.to) } : {}),
  ...(flags.session ? { sessionId: flags.session } : {}),
  ...(flags.decision ? { decisionId: flags.decision } : {}),
  includeUnbilled: flags.all ?? false,
});

const run = async (flags: Flags): Promise<void> => {
  const by = readSpendGroup(flags.by);
  const range = rangeOf(flags);
  const document = await withClient(({ client }) => spendDocument(client, by, range));
  if (flags.json) {
    printJson(document);
    return;
  }
  const line = (name: string, row: (typeof document)['total']): string =>
    `${name.padEnd(34)} ${String(row.calls).padStart(6)} calls  $${row.spentUsd} spent  $${row.heldUsd} held`;
  printText(
    [
      ...document.rows.map((row) => line(String((row as Record<string, unknown>)[by]), row)),
      line('total', document.total),
      savingsText(document.saved),
    ].join('\n'),
  );
};

export const registerSpend = (program: Command): void => {
  program
    .command('spend')
    .description('what was spent and on what')
    .option('--by <group>', 'model, provider, category, feature, hour, day or month', 'model')
    .option('--from <time>', 'since this time (UTC)')
    .option('--to <time>', 'before this time (UTC)')
    .option('--session <id>', 'only one market session')
    .option('--decision <id>', 'only one decision')
    .option('--all', 'also calls that cost nothing')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave spend --by model\n  $ conclave spend --by hour --from 2026-11-20 --json',
    )
    .action(runAction(run));
};
