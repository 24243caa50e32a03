// `conclave completion`: what a shell reads to complete commands and options.
import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion-scripts';
import { printJson, printText, runAction } from '../output';

interface Flags {
  readonly json?: boolean;
}

const run = async (shell: Shell, flags: Flags): Promise<void> => {
  // Loaded here: it knows every command, this one among them.
  const { createProgram } = require('../main') as typeof import('../main');
  const script = completionScript(shell, createProgram());
  if (flags.json) printJson({ shell, script });
  else printText(script.trimEnd());
};

export const registerCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('completion of commands and options for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(conclave completion bash)\n  $ conclave completion fish | source',
    )
    .action(runAction(run));
};
