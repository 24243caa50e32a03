// `conclave restore FILE`: a backup into the empty database of a new data folder, or of DATABASE_URL.
import { accessSync, constants } from 'node:fs';
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { BrokenBackup } from '../../db/backup-file';
import { RestoreRefused, type RestoreResult, restore } from '../../db/restore';
import { withDatabaseAlone } from '../../stack/database-alone';
import { CliError, createProgress, printJson, printText, runAction, wrongUse } from '../output';

interface Flags {
  readonly json?: boolean;
}

const assertReadable = (file: string): void => {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw wrongUse(`"${file}" cannot be read`, 'Accepted: a file that `conclave backup` wrote.');
  }
};

const explained = (error: unknown): never => {
  if (error instanceof BrokenBackup)
    throw wrongUse(
      `the file is no whole backup: ${error.message}`,
      'Accepted: a file that `conclave backup` wrote, unchanged.',
    );
  if (error instanceof RestoreRefused)
    throw new CliError({
      code: 'restore_refused',
      message: error.message,
      fix: 'Set CONCLAVE_HOME to a new folder (or DATABASE_URL to an empty database) and run it again; on servers of your own, restore before the set-up job makes the tables.',
    });
  throw error;
};

export const restoredText = (result: RestoreResult): string =>
  [
    `${result.rows} rows as of ${result.createdAt} are restored.`,
    ...(result.closed > 0 ? [`${result.closed} pieces of work that were under way then are closed.`] : []),
    ...(result.migrated > 0 ? [`${result.migrated} newer migrations were applied.`] : []),
    ...(result.liveTokens > 0
      ? [
          `${result.liveTokens} API tokens are live as they were then: end those revoked since (\`conclave token list\`, \`conclave token revoke ID\`).`,
        ]
      : []),
    'Nothing runs by itself until `conclave schedules sync`.',
  ].join(' ');

const run = async (file: string, flags: Flags): Promise<void> => {
  assertReadable(file);
  const progress = createProgress();
  const result = await withDatabaseAlone({ config: loadConfig(), onProgress: progress.update }, (url) =>
    restore(url, file),
  )
    .catch(explained)
    .finally(progress.done);
  if (flags.json) printJson(result);
  else printText(restoredText(result));
};

export const registerRestore = (program: Command): void => {
  program
    .command('restore')
    .description('put a backup into an empty database')
    .argument('<file>', 'a file that `conclave backup` wrote')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ CONCLAVE_HOME=~/conclave-restored conclave restore conclave-2026-11-20.backup',
    )
    .action(runAction(run));
};
