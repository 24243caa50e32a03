// `conclave models`: the registry.
import type { Command } from 'commander';
import type { RegistryEntry } from '../../db/registry-store';
import { formatUsd } from '../../domain/money/micro-usd';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly provider?: string;
  readonly json?: boolean;
}

const usdPer1M = (amount: number | undefined): string | null =>
  amount === undefined ? null : formatUsd(amount);

const toDocument = (model: RegistryEntry) => ({
  id: model.id,
  provider: model.provider,
  displayName: model.displayName,
  quality: model.quality,
  costPer1MInput: usdPer1M(model.price?.inputPer1M),
  costPer1MOutput: usdPer1M(model.price?.outputPer1M),
  priceFrom: model.price?.validFrom ?? null,
  contextTokens: model.contextTokens,
  strengths: model.strengths,
  speed: model.speed,
  local: model.local,
  statistical: model.statistical,
  keyName: model.keyName,
  researchSibling: model.researchSibling,
  version: model.version,
});

const row = (model: RegistryEntry): string =>
  [
    model.id.padEnd(34),
    model.provider.padEnd(12),
    String(model.quality).padEnd(5),
    (model.price
      ? `$${(model.price.inputPer1M / 1e6).toFixed(2)}/$${(model.price.outputPer1M / 1e6).toFixed(2)}`
      : model.local
        ? 'free'
        : 'unknown'
    ).padEnd(16),
    model.statistical ? 'statistics, not a language model' : (model.researchSibling ?? ''),
  ].join(' ');

const run = async (flags: Flags): Promise<void> => {
  const all = await withClient(({ client }) => client.stores.registry.list());
  const providers = [...new Set(all.map((model) => model.provider))].sort();
  if (flags.provider && !providers.includes(flags.provider)) {
    throw wrongUse(
      `provider "${flags.provider}" has no model in the registry`,
      `Accepted: ${providers.join(', ')}.`,
    );
  }
  const models = all.filter((model) => !flags.provider || model.provider === flags.provider);
  if (flags.json) printJson({ models: models.map(toDocument) });
  else
    printText(
      ['id'.padEnd(34), 'provider'.padEnd(12), 'q'.padEnd(5), 'USD/1M in/out'.padEnd(16), 'research by']
        .join(' ')
        .concat('\n', models.map(row).join('\n')),
    );
};

export const registerModels = (program: Command): void => {
  program
    .command('models')
    .description('the models Conclave knows, with quality and price')
    .option('--provider <name>', 'only those of one provider')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  $ conclave models\n  $ conclave models --provider house --json')
    .action(runAction(run));
};
