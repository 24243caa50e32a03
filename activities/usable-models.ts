// Which registry models can be called right now: their provider is configured and their key is present.

import type { RegistryEntry } from '../db/registry-store';
import { isFree } from '../domain/money/prices';
import type { ModelEntry } from '../domain/selection/model';
import type { Dependencies } from './dependencies';

export const createUsableModels = ({ stores, providers, options }: Dependencies) => {
  /** The shipped list names local models that may exist; only those found here can be called. */
  const isInstalled = (model: RegistryEntry): boolean =>
    !model.local || model.statistical || model.origin !== 'seed';

  const hasKey = ({ keyName }: Pick<ModelEntry, 'keyName'>): boolean =>
    keyName === null || options.keysPresent.has(keyName);

  const usable = (model: RegistryEntry): boolean =>
    providers.has(model.provider) &&
    isInstalled(model) &&
    hasKey(model) &&
    (model.price !== null || isFree(model));

  /** Why its provider is not called from here, as a sentence's end; null where it is. Nobody takes such a call. */
  const unserved = (model: ModelEntry): string | null => {
    if (!hasKey(model)) return `needs ${model.keyName}, which is not set where the workers run`;
    return providers.has(model.provider)
      ? null
      : `is served by "${model.provider}", which is not configured where the workers run`;
  };

  const all = async (): Promise<readonly ModelEntry[]> => (await stores.registry.list()).filter(usable);

  return {
    all,
    unserved,
    /** Best quality first. */
    languageModels: async (): Promise<readonly ModelEntry[]> =>
      (await all())
        .filter((model) => !model.statistical && model.provider !== 'recorded')
        .sort((a, b) => b.quality - a.quality || (a.id < b.id ? -1 : 1)),
    house: async (): Promise<readonly ModelEntry[]> => (await all()).filter((model) => model.statistical),
  };
};
