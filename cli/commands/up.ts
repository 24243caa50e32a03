// `conclave up`: runs the stack until Ctrl-C, or until `conclave down`.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { ensureStack, type StackHandle, stopStack } from '../../stack/stack';
import { addressLines } from '../addresses';
import { createProgress, EXIT, note, printJson, printText, runAction } from '../output';

interface UpOptions {
  readonly json?: boolean;
}

/** The addresses, without the database's password. */
const describeStack = (stack: StackHandle) => ({
  temporal: stack.temporal,
  api: stack.apiUrl,
  home: stack.home,
});

const interrupted = (): Promise<'interrupted'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve('interrupted'));
  });

const showAddresses = (stack: StackHandle, json: boolean): void => {
  if (json) {
    printJson(describeStack(stack));
    return;
  }
  printText('Conclave is running.');
  for (const line of addressLines(stack)) printText(`  ${line}`);
  printText(`  Temporal     ${stack.temporal.address}, namespace ${stack.temporal.namespace}`);
  printText(`  Data folder  ${stack.home}`);
};

/** Keeps the stack until a signal comes (then it is stopped) or it goes away. Returns the exit code. */
export const holdStack = async (stack: StackHandle, stop: () => Promise<unknown>): Promise<number> => {
  // The lease's socket does not keep this process alive; the wait does.
  const alive = setInterval(() => undefined, 1_000_000);
  const signal = interrupted();
  // Said only when it holds.
  note('Ctrl-C stops it.');
  const reason = await Promise.race([signal, stack.lost.then(() => 'lost' as const)]);
  clearInterval(alive);
  if (reason === 'lost') {
    note('The stack was stopped.');
    return EXIT.ok;
  }
  note('Stopping the stack; open sessions go on when it runs again.');
  await stop();
  return EXIT.ok;
};

const up = async (options: UpOptions): Promise<number> => {
  const config = loadConfig();
  const progress = createProgress();
  const stack = await ensureStack({ config, hold: true, onProgress: progress.update }).finally(progress.done);
  showAddresses(stack, options.json === true);
  return holdStack(stack, () => stopStack(config));
};

export const registerUp = (program: Command): void => {
  program
    .command('up')
    .description('run Postgres, Temporal, workers and the dashboard until Ctrl-C')
    .option('--json', 'print the addresses as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave up
  $ CONCLAVE_HOME=/srv/conclave conclave up
  $ DATABASE_URL=postgres://me:secret@db/conclave TEMPORAL_ADDRESS=temporal:7233 conclave up`,
    )
    .action(runAction(up));
};
