// `conclave models`: the registry, and what people change in it.
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import { readInput, typedValue } from '../../client/field-errors';
import { idText, providerName } from '../../client/fields';
import { openDesk } from '../../client/model-desk';
import {
  addModel,
  editModel,
  modelById,
  modelChangeInput,
  newModelInput,
  rateModel,
  ratingInput,
  removeModel,
} from '../../client/model-input';
import { registeredModels } from '../../client/registry';
import { loadConfig } from '../../config/load';
import { cacheMarkers } from '../../config/provider-settings';
import type { RegistryEntry } from '../../db/registry-store';
import { formatUsd } from '../../domain/money/micro-usd';
import { priceAgeDays } from '../../domain/money/prices';
import { learnedQuality, type QualityOf } from '../../domain/selection/estimates';
import { isInstalled } from '../../domain/selection/usable';
import { keysPresent } from '../keys-present';
import { type ModelFlags, modelFields, withModelOptions } from '../model-fields';
import { checks } from '../options';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags extends ModelFlags {
  readonly provider?: string;
  readonly task?: string;
  readonly note?: string;
  readonly json?: boolean;
}

const usdPer1M = (amount: number | null | undefined): string | null =>
  amount === undefined || amount === null ? null : formatUsd(amount);

const toDocument = (model: RegistryEntry, qualityOf: QualityOf) => ({
  id: model.id,
  provider: model.provider,
  providerModel: model.providerModel,
  displayName: model.displayName,
  quality: model.quality,
  learnedQuality: learnedQuality(model, qualityOf),
  costPer1MInput: usdPer1M(model.price?.inputPer1M),
  costPer1MOutput: usdPer1M(model.price?.outputPer1M),
  costPer1MCachedInput: usdPer1M(model.price?.cachedInputPer1M),
  priceFrom: model.price?.validFrom ?? null,
  priceReadOn: model.price?.readOn ?? null,
  priceAgeDays: model.price ? priceAgeDays(model.price, new Date().toISOString()) : null,
  contextTokens: model.contextTokens,
  maxOutputTokens: model.maxOutputTokens,
  strengths: model.strengths,
  speed: model.speed,
  local: model.local,
  statistical: model.statistical,
  keyName: model.keyName,
  researchSibling: model.researchSibling,
  version: model.version,
  origin: model.origin,
  installed: isInstalled(model),
});

const priceText = (model: RegistryEntry): string => {
  if (model.price)
    return `$${(model.price.inputPer1M / 1e6).toFixed(2)}/$${(model.price.outputPer1M / 1e6).toFixed(2)}`;
  return model.local || model.statistical ? 'free' : 'unknown';
};

const noteOn = (model: RegistryEntry): string => {
  if (!isInstalled(model)) return model.local ? 'not installed' : 'no longer served';
  if (priceText(model) === 'unknown') return 'not asked without a price: conclave models edit';
  return model.statistical ? 'statistics, not a language model' : (model.researchSibling ?? '');
};

const row = (model: RegistryEntry, qualityOf: QualityOf): string =>
  [
    model.id.padEnd(34),
    model.provider.padEnd(12),
    `${model.quality}${Object.keys(learnedQuality(model, qualityOf)).length > 0 ? '*' : ''}`.padEnd(5),
    priceText(model).padEnd(16),
    noteOn(model),
  ].join(' ');

/** Prices of providers change: people should know how old these are. */
const ageText = (models: readonly RegistryEntry[]): string => {
  const now = new Date().toISOString();
  const ages = models.flatMap((model) => (model.price && priceAgeDays(model.price, now)) ?? []);
  if (ages.length === 0) return 'No price here says when it was read.';
  const [newest, oldest] = [Math.min(...ages), Math.max(...ages)];
  const days = newest === oldest ? `${oldest}` : `${newest} to ${oldest}`;
  return `Prices were read ${days} ${days === '1' ? 'day' : 'days'} ago.`;
};

const list = async (flags: Flags): Promise<void> => {
  const { models: all, qualityOf } = await withClient(async ({ client }) => {
    const registered = await registeredModels(client);
    const desk = await openDesk(client, keysPresent());
    return { models: [...registered.values()], qualityOf: desk.qualityOf };
  });
  const providers = [...new Set(all.map((model) => model.provider))].sort();
  if (flags.provider && !providers.includes(flags.provider)) {
    throw wrongUse(
      `provider "${flags.provider}" has no model in the registry`,
      `Accepted: ${providers.join(', ')}.`,
    );
  }
  const models = all.filter((model) => !flags.provider || model.provider === flags.provider);
  if (flags.json) printJson({ models: models.map((model) => toDocument(model, qualityOf)) });
  else
    printText(
      [
        [
          'id'.padEnd(34),
          'provider'.padEnd(12),
          'q'.padEnd(5),
          'USD/1M in/out'.padEnd(16),
          'research by',
        ].join(' '),
        ...models.map((model) => row(model, qualityOf)),
        ageText(models),
        '* has earned another quality for some tasks: "conclave models show ID"',
      ].join('\n'),
    );
};

const text = (document: ReturnType<typeof toDocument>): string =>
  Object.entries(document)
    .map(
      ([field, value]) => `${field.padEnd(22)} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join('\n');

const showEntry = async (client: ConclaveClient, entry: RegistryEntry, flags: Flags): Promise<void> => {
  const { qualityOf } = await openDesk(client, keysPresent());
  const document = toDocument(entry, qualityOf);
  if (flags.json) printJson(document);
  else printText(text(document));
};

const show = (id: string, flags: Flags): Promise<void> =>
  withClient(async ({ client }) => {
    await registeredModels(client);
    await showEntry(client, await modelById(client, id), flags);
  });

const markers = (): ReadonlySet<string> => cacheMarkers(loadConfig().providers);

/** Everything that can be wrong is found before a stack is started. */
const add = async (id: string, flags: Flags): Promise<void> => {
  const input = readInput(newModelInput, { id, provider: flags.provider, ...modelFields(flags) });
  await withClient(async ({ client }) => {
    await registeredModels(client);
    await showEntry(client, await addModel(client, { input, cacheMarkers: markers() }), flags);
  });
};

const edit = async (id: string, flags: Flags): Promise<void> => {
  const fields = modelFields(flags);
  if (Object.keys(fields).length === 0)
    throw wrongUse('nothing to change', 'Name at least one field, such as --quality 8.');
  const input = readInput(modelChangeInput, fields);
  await withClient(async ({ client }) => {
    await registeredModels(client);
    await showEntry(client, await editModel(client, id, input, markers()), flags);
  });
};

const remove = (id: string, flags: Flags): Promise<void> =>
  withClient(async ({ client }) => {
    await registeredModels(client);
    await removeModel(client, id);
    if (flags.json) printJson({ removed: id });
    else printText(`${id} is removed; its record stays.`);
  });

const rate = async (id: string, rating: string, flags: Flags): Promise<void> => {
  const input = readInput(ratingInput, {
    task: flags.task,
    rating: typedValue(rating),
    ...(flags.note === undefined ? {} : { note: flags.note }),
  });
  await withClient(async ({ client }) => {
    await registeredModels(client);
    await rateModel(client, id, input);
    await showEntry(client, await modelById(client, id), flags);
  });
};

const json = (command: Command): Command => command.option('--json', 'print one JSON document');

export const registerModels = (program: Command): void => {
  const models = program
    .command('models')
    .description('the models Conclave knows: list, show, add, edit, remove, rate')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave models --provider house --json
  $ conclave models add my-model --provider openai --quality 7.5 --price-in 0.20 --price-out 0.80 --strengths prose,editing --key-name OPENAI_API_KEY
  $ conclave models edit my-model --quality 8
  $ conclave models rate my-model 9 --task copy_edit --note "kept the voice"`,
    );
  json(models.command('list', { isDefault: true }).description('all of them, with quality and price'))
    .option('--provider <name>', 'only those of one provider', checks('provider', providerName))
    .action(runAction(list));
  json(
    models.command('show').argument('<id>', 'the model', checks('id', idText)).description('one model'),
  ).action(runAction(show));
  withModelOptions(models.command('add').argument('<id>').description('add a model of your own'))
    .option('--provider <name>', 'who serves it')
    .action(runAction(add));
  withModelOptions(
    models
      .command('edit')
      .argument('<id>', 'the model', checks('id', idText))
      .description('change fields of a model'),
  ).action(runAction(edit));
  json(
    models
      .command('remove')
      .argument('<id>', 'the model', checks('id', idText))
      .description('hide a model; its record stays'),
  ).action(runAction(remove));
  json(
    models
      .command('rate')
      .argument('<id>', 'the model', checks('id', idText))
      .argument('<rating>', '0 (useless) to 10 (perfect)')
      .description('say how well a model did a task; moves the quality it has earned'),
  )
    .option('--task <type>', 'the type of task')
    .option('--note <text>', 'why; kept')
    .action(runAction(rate));
};
