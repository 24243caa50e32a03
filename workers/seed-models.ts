// Brings the shipped registry, the house's models and discovered ones into Postgres; repeatable at every start.
import { readFileSync } from 'node:fs';
import { assetPath } from '../config/package-root';
import type { ConfiguredTerms, OfferedModel, RegistryStore } from '../db/registry-store';
import type { ModelEntry } from '../domain/selection/model';
import { parseRegistry } from '../domain/selection/registry';
import { houseModelEntries } from '../providers/house/house-models';

export const shippedModels = (): readonly ModelEntry[] =>
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

/** A gateway's name for a model that is shipped, with its price, for the provider it stands for. */
const isShipped = (found: ModelEntry, shipped: readonly ModelEntry[]): boolean =>
  found.keyName !== null &&
  shipped.some(
    ({ local, provider, providerModel }) =>
      !local && provider === found.provider && providerModel === found.providerModel,
  );

/** A provider all of whose models are known. */
export interface KnownOffer {
  readonly provider: string;
  /** `listed`: those discovered. `shipped`: those of the shipped list too, each until its maker retires it. */
  readonly has: 'listed' | 'shipped';
}

const offeredBy = (
  { provider, has }: KnownOffer,
  discovered: readonly ModelEntry[],
  shipped: readonly ModelEntry[],
): readonly OfferedModel[] => {
  const own = (model: ModelEntry): boolean => model.provider === provider;
  return [
    ...(has === 'shipped' ? shipped.filter(own) : []).map(({ providerModel, retirement }) => ({
      ...{ providerModel, until: retirement ? `${retirement.on}T00:00:00.000Z` : null, asFound: false },
    })),
    ...discovered.filter(own).map((found) => ({
      ...{ providerModel: found.providerModel, until: null, asFound: !isShipped(found, shipped) },
    })),
  ];
};

/** What providers turn out to have, beside the shipped list. */
export const noteModels = async (
  registry: RegistryStore,
  discovered: readonly ModelEntry[],
  offers: readonly KnownOffer[],
): Promise<void> => {
  const shipped = shippedModels();
  for (const model of discovered)
    if (!isShipped(model, shipped)) await registry.putDiscovered(asShipped(model, shipped));
  for (const offer of offers)
    await registry.markOffered(offer.provider, offeredBy(offer, discovered, shipped));
};

/** A provider's key and whether it is free belong to the configuration, whoever edited its models. */
export interface ConfiguredProvider extends Pick<ConfiguredTerms, 'keyName' | 'free'> {
  readonly provider: string;
}

/** Of the providers that are not among `offers` nothing is known: their models stay as they are. */
export const seedModels = async (
  registry: RegistryStore,
  discovered: readonly ModelEntry[],
  offers: readonly KnownOffer[] = [],
  configured: readonly ConfiguredProvider[] = [],
): Promise<void> => {
  const shipped = shippedModels();
  await registry.seed([...shipped, ...houseModelEntries()], datedPrices(shipped));
  const except = shipped.flatMap(({ id, local }) => (local ? [] : [id]));
  for (const { provider, keyName, free } of configured)
    await registry.followConfiguration(provider, { keyName, free, except });
  await noteModels(registry, discovered, offers);
};
