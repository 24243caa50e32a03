// The command line: registers every command, runs one, returns its exit code.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { assetPath } from '../config/package-root';
import { backtestCommand } from './commands/backtest';
import { registerBudget } from './commands/budget';
import { registerCache } from './commands/cache';
import { registerCompetition } from './commands/competition';
import { registerDecide } from './commands/decide';
import { registerDoctor } from './commands/doctor';
import { registerDown } from './commands/down';
import { registerEstimate } from './commands/estimate';
import { registerEvent } from './commands/event';
import { registerModels } from './commands/models';
import { registerOutcomes } from './commands/outcomes';
import { registerPanel } from './commands/panel';
import { registerProviders } from './commands/providers';
import { registerRank } from './commands/rank';
import { registerReplay } from './commands/replay';
import { registerResearch } from './commands/research';
import { registerSchedules } from './commands/schedules';
import { registerSession } from './commands/session';
import { registerSpend } from './commands/spend';
import { registerStart } from './commands/start';
import { registerUp } from './commands/up';
import { registerWatchlist } from './commands/watchlist';
import { EXIT } from './output';

const version = (): string =>
  (JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string }).version;

const COMMANDS = [
  registerStart,
  registerUp,
  registerDown,
  registerSession,
  registerResearch,
  registerDecide,
  registerPanel,
  registerEvent,
  registerModels,
  registerProviders,
  registerBudget,
  registerSpend,
  registerEstimate,
  registerCache,
  registerCompetition,
  registerWatchlist,
  registerSchedules,
  registerOutcomes,
  registerRank,
  registerReplay,
  registerDoctor,
];

export const createProgram = (): Command => {
  const program = new Command('conclave')
    .description('Durable, multi-model research and decisions for people who trade with language models.')
    .version(version())
    .showHelpAfterError('Run with --help for the accepted forms.')
    .exitOverride();
  for (const register of COMMANDS) register(program);
  program.addCommand(backtestCommand());
  for (const command of program.commands) {
    command.exitOverride();
    for (const inner of command.commands) inner.exitOverride();
  }
  return program;
};

/** Runs the command line `argv` (as in process.argv). @returns the exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  try {
    await createProgram().parseAsync([...argv]);
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUse;
    throw error;
  }
};
