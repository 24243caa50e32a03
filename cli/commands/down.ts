// `conclave down`: stops the stack of this data folder, also what a killed one left behind.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { stopStack } from '../../stack/stack';
import { printJson, printText, runAction } from '../output';

interface DownOptions {
  readonly json?: boolean;
}

const down = async (options: DownOptions): Promise<void> => {
  const config = loadConfig();
  const stopped = await stopStack(config);
  if (options.json) printJson({ stopped, home: config.home });
  else
    printText(
      stopped ? 'The stack is stopped. Open sessions go on when it runs again.' : 'No stack was running.',
    );
};

export const registerDown = (program: Command): void => {
  program
    .command('down')
    .description('stop the stack of this data folder')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  $ conclave down')
    .action(runAction(down));
};
