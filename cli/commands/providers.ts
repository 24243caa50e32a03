// `conclave providers`: who can be called, and why others cannot.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { printJson, printText, runAction } from '../output';

interface Flags {
  readonly json?: boolean;
}

const run = async (flags: Flags): Promise<void> => {
  const configured = loadConfig().providers.map(
    ({ name, kind, baseUrl, keyName, enabled, hasKey, origin }) => ({
      name,
      kind,
      baseUrl,
      keyName,
      ready: enabled && (hasKey || keyName === null),
      origin,
    }),
  );
  const providers = [
    { name: 'house', kind: 'statistics', baseUrl: null, keyName: null, ready: true, origin: 'built in' },
    ...configured,
  ];
  if (flags.json) printJson({ providers });
  else
    printText(
      providers
        .map(
          (each) =>
            `${each.name.padEnd(14)} ${each.kind.padEnd(18)} ${each.ready ? 'ready' : `needs ${each.keyName}`}`,
        )
        .join('\n'),
    );
};

export const registerProviders = (program: Command): void => {
  program
    .command('providers')
    .description('providers that are configured, and which keys are missing')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave providers\n  $ OPENAI_BASE_URL=http://127.0.0.1:8000/v1 conclave providers --json',
    )
    .action(runAction(run));
};
