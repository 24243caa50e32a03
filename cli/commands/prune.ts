// `conclave prune`: removes rows that are no record and old, if wanted into an archive first; and puts them back.
import { accessSync, constants, existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type PrunePlan, prunePlan } from '../../client/prune';
import { storedSettings } from '../../client/settings';
import { BrokenBackup } from '../../db/backup-file';
import { archiveAndPrune, putBack, type RowsByKind } from '../../db/prune-archive';
import { CliError, printJson, printText, runAction, wrongUse } from '../output';
import { type Attached, withClient } from '../with-client';

interface Flags {
  readonly kinds?: string;
  readonly keep: readonly string[];
  readonly before?: string;
  readonly archive?: string;
  readonly dryRun?: boolean;
  readonly putBack?: string;
  readonly json?: boolean;
}

const countOf = async ({ client }: Attached, plan: PrunePlan): Promise<RowsByKind> =>
  Object.fromEntries(
    await Promise.all(
      plan.map(
        async ({ kind, before }) => [kind, await client.stores.pruning.countOld(kind, before)] as const,
      ),
    ),
  );

const remove = async ({ client }: Attached, plan: PrunePlan): Promise<RowsByKind> => {
  const removed: Record<string, number> = {};
  for (const { kind, before } of plan) removed[kind] = await client.stores.pruning.removeOld(kind, before);
  return removed;
};

const unwritable = (file: string) => (error: unknown) => {
  if ((error as NodeJS.ErrnoException)?.syscall !== 'open') throw error;
  throw new CliError({
    code: 'file_unwritable',
    message: `"${file}" cannot be written: ${(error as Error).message}`,
    fix: 'Name a new file in a folder that you may write; nothing was removed.',
  });
};

const act = (attached: Attached, plan: PrunePlan, flags: Flags): Promise<RowsByKind> => {
  if (flags.dryRun) return countOf(attached, plan);
  if (flags.archive === undefined) return remove(attached, plan);
  const before = Object.fromEntries(plan.map((each) => [each.kind, each.before]));
  return archiveAndPrune(attached.stack.databaseUrl, flags.archive, before).catch(unwritable(flags.archive));
};

const showRows = (plan: PrunePlan, rows: RowsByKind, { dryRun, archive }: Flags): string => {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const end = dryRun
    ? 'may go'
    : archive
      ? `are in ${archive}, and no longer in the database`
      : 'are removed';
  return [
    ...plan.map(
      ({ kind, before }) => `${kind.padEnd(18)} ${String(rows[kind] ?? 0).padStart(9)}  before ${before}`,
    ),
    `${total} rows ${end}.`,
  ].join('\n');
};

const restore = async (file: string, flags: Flags): Promise<void> => {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw wrongUse(`"${file}" cannot be read`, 'Accepted: a file that `conclave prune --archive` wrote.');
  }
  const result = await withClient(({ stack }) => putBack(stack.databaseUrl, file)).catch((error: unknown) => {
    if (!(error instanceof BrokenBackup)) throw error;
    throw wrongUse(
      `the file is no whole archive: ${error.message}`,
      'Accepted: a file that `conclave prune --archive` wrote, unchanged.',
    );
  });
  if (flags.json) printJson({ file, ...result });
  else
    printText(
      `${result.rows} rows of ${result.createdAt} are back${result.present ? `; ${result.present} were there already` : ''}. What is older than the settings keep goes again within the hour, unless prune_hourly is false.`,
    );
};

const run = async (flags: Flags): Promise<void> => {
  if (flags.putBack !== undefined) return restore(flags.putBack, flags);
  if (flags.archive !== undefined && existsSync(flags.archive))
    throw wrongUse(
      `"${flags.archive}" exists already`,
      'Accepted: the name of a new file; nothing is overwritten.',
    );
  await withClient(async (attached) => {
    const { client } = attached;
    const plan = await prunePlan(flags, await storedSettings(client), client.stores.pruning.daysAgo);
    const rows = await act(attached, plan, flags);
    if (flags.json)
      printJson({
        dryRun: flags.dryRun === true,
        archive: flags.dryRun ? null : (flags.archive ?? null),
        kinds: plan.map(({ kind, before }) => ({ kind, before, rows: rows[kind] ?? 0 })),
      });
    else printText(showRows(plan, rows, flags));
  });
};

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

export const registerPrune = (program: Command): void => {
  program
    .command('prune')
    .description('remove old rows that are not the record, with an archive if wanted')
    .option('--kinds <names>', 'only these kinds, separated by commas')
    .option(
      '--keep <kind=days>',
      'other days than the setting keep_days_<kind>; may be repeated',
      collect,
      [],
    )
    .option('--before <day>', 'rows before this day (UTC) instead of by age')
    .option('--archive <file>', 'write the rows to this new file first')
    .option('--dry-run', 'count only')
    .option('--put-back <file>', 'put the rows of an archive back')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave prune --dry-run\n  $ conclave prune --archive old-2026-11.archive\n  $ conclave prune --kinds answers --keep answers=90 --json',
    )
    .action(runAction(run));
};
