// The command line: finds the command that was typed, loads that one, runs it, returns its exit code.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { assetPath } from '../config/package-root';
import { COMMANDS } from './command-list';
import { describeFailure, EXIT, printFailure, printJson, wrongUse } from './output';

const version = (): string =>
  (JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string }).version;

const HELP_HINT = 'Run with --help for the accepted forms.';

const throwOnExit = (command: Command): void => {
  command.exitOverride();
  for (const inner of command.commands) throwOnExit(inner);
};

/** The command that a line names: its first word, or the one after `help`. */
const chosenIn = (words: readonly string[]): string => {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  return (first === 'help' ? second : first) ?? '';
};

/**
 * The program with all its commands, or, for one typed line (without node and script), with only the command
 * that it names loaded and the others by name and description.
 */
export const createProgram = (words?: readonly string[]): Command => {
  const program = new Command('conclave')
    .description('Durable, multi-model research and decisions for people who trade with language models.')
    .version(version())
    .showHelpAfterError(HELP_HINT);
  const chosen = words && chosenIn(words);
  for (const { name, about, register } of COMMANDS) {
    if (chosen === undefined || chosen === name) register(program);
    else program.command(name).description(about);
  }
  throwOnExit(program);
  return program;
};

/** Runs the command line `argv` (as in process.argv). @returns the exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  try {
    await createProgram(argv.slice(2)).parseAsync([...argv]);
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok;
  } catch (error) {
    // An option or argument that is not what its field takes.
    if (error instanceof RangeError) return printFailure(error, argv.includes('--json'));
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    // What commander says stands on stderr already; programs get their one document.
    if (argv.includes('--json')) printJson(describeFailure(wrongUse(error.message, HELP_HINT)).document);
    return EXIT.wrongUse;
  }
};
