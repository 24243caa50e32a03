// `conclave backup FILE`: every row as of one instant, while everything runs.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { backUp } from '../../db/backup';
import { CliError, printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly json?: boolean;
}

const backup = async (file: string, flags: Flags): Promise<void> => {
  if (existsSync(file))
    throw wrongUse(`"${file}" exists already`, 'Accepted: the name of a new file; nothing is overwritten.');
  const result = await withClient(({ stack }) => backUp(stack.databaseUrl, file)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException)?.syscall !== 'open') throw error;
    throw new CliError({
      code: 'file_unwritable',
      message: `"${file}" cannot be written: ${(error as Error).message}`,
      fix: 'Name a new file in a folder that you may write.',
    });
  });
  if (flags.json) printJson({ file, ...result });
  else
    printText(
      `${result.rows} rows of ${result.tables} tables as of ${result.createdAt} are in ${file}. Keep it like a secret.`,
    );
};

export const registerBackup = (program: Command): void => {
  program
    .command('backup')
    .description('write every row of the database to a file, while everything runs')
    .argument('<file>', 'a new file')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  $ conclave backup conclave-2026-11-20.backup')
    .action(runAction(backup));
};
