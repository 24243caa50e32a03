// Which registry models can be called right now: their provider is configured and their key is present.

import type { RegistryEntry } from '../db/registry-store';
import { isFree } from '../domain/money/prices';
import type { ModelEntry } from '../domain/selection/model';
import type { Dependencies } from './dependencies';

export const createUsableModels = ({ stores, providers, options }: Dependencies) => {
  /** The shipped list names local models that may exist; only those found here can be called. */
  const isInstalled = (model: RegistryEntry): boolean =>
    !model.local || model.statistical || model.origin !== 'seed';

  const usable = (model: RegistryEntry): boolean =>
    providers.has(model.provider) &&
    isInstalled(model) &&
    (model.keyName === null || options.keysPresent.has(model.keyName)) &&
    (model.price !== null || isFree(model));

  const all = async (): Promise<readonly ModelEntry[]> => (await stores.registry.list()).filter(usable);

  return {
    all,
    /** Best quality first. */
    languageModels: async (): Promise<readonly ModelEntry[]> =>
      (await all())
        .filter((model) => !model.statistical && model.provider !== 'recorded')
        .sort((a, b) => b.quality - a.quality || (a.id < b.id ? -1 : 1)),
    house: async (): Promise<readonly ModelEntry[]> => (await all()).filter((model) => model.statistical),
  };
};
