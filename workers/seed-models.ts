// Brings the shipped registry, the house's models and discovered ones into Postgres; repeatable at every start.
import { readFileSync } from 'node:fs';
import { assetPath } from '../config/package-root';
import type { RegistryStore } from '../db/registry-store';
import type { ModelEntry } from '../domain/selection/model';
import { parseRegistry } from '../domain/selection/registry';
import { houseModelEntries } from '../providers/house/house-models';

const shippedModels = (): readonly ModelEntry[] =>
  parseRegistry(JSON.parse(readFileSync(assetPath('data', 'models.json'), 'utf8')));

const datedPrices = (models: readonly ModelEntry[]) =>
  models.flatMap((model) =>
    (model.datedPrices ?? (model.price ? [model.price] : [])).map((price) => ({
      ...price,
      modelId: model.id,
    })),
  );

const DEFAULT_TAG = /:latest$/;

/** A local model found here that the list ships too is that entry, with the strengths and quality the list knows. */
const asShipped = (found: ModelEntry, shipped: readonly ModelEntry[]): ModelEntry => {
  const installed = found.providerModel.replace(DEFAULT_TAG, '');
  const known = shipped.find(
    ({ local, provider, providerModel }) =>
      local && provider === found.provider && providerModel.replace(DEFAULT_TAG, '') === installed,
  );
  return known
    ? { ...known, providerModel: found.providerModel, version: found.version, price: found.price }
    : found;
};

/** @param listed providers all of whose models are among those discovered */
export const seedModels = async (
  registry: RegistryStore,
  discovered: readonly ModelEntry[],
  listed: readonly string[] = [],
): Promise<void> => {
  const shipped = shippedModels();
  await registry.seed([...shipped, ...houseModelEntries()], datedPrices(shipped));
  for (const model of discovered) await registry.putDiscovered(asShipped(model, shipped));
  for (const name of listed)
    await registry.markListed(
      name,
      discovered.filter(({ provider }) => provider === name).map(({ providerModel }) => providerModel),
    );
};
