// `conclave init`: writes a configuration file in which every setting stands with what it means.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { configTemplate } from '../../config/settings-reference';
import { CliError, EXIT, note, printJson, printText, runAction } from '../output';

interface Flags {
  readonly file: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
};

/** On a terminal the place may be changed; with --yes, or from a program, nothing is asked. */
const placeOf = async (flags: Flags): Promise<string> => {
  if (flags.yes || !process.stdin.isTTY) return flags.file;
  return (await ask(`File to write [${flags.file}]: `)) || flags.file;
};

const write = (path: string, force: boolean): void => {
  mkdirSync(dirname(path), { recursive: true });
  // Exclusive unless forced: a file of someone's own is never lost to a second call.
  writeFileSync(path, configTemplate(), { flag: force ? 'w' : 'wx', mode: 0o600 });
};

const run = async (flags: Flags): Promise<void> => {
  const path = resolve(await placeOf(flags));
  if (existsSync(path) && !flags.force)
    throw new CliError({
      code: 'exists',
      message: `${path} exists and is left as it is`,
      fix: 'Give --force to replace it, or --file to write another.',
      exitCode: EXIT.wrongUse,
    });
  write(path, flags.force ?? false);
  if (flags.json) printJson({ file: path });
  else printText(`Written: ${path}`);
  note(
    'Next: set the key of a provider, such as OPENAI_API_KEY, and run "conclave up"; or run it without any key.',
  );
};

export const registerInit = (program: Command): void => {
  program
    .command('init')
    .description('write a configuration file with every setting explained')
    .option('--file <path>', 'where', 'conclave.yaml')
    .option('--yes', 'ask nothing')
    .option('--force', 'replace a file that is there')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave init --yes\n  $ conclave init --file ~/.conclave/config.yaml',
    )
    .action(runAction(run));
};
