// Which registry models can be called from a place: the one rule for workers and for estimates made before they run.
import { isFree } from '../money/prices';
import type { ModelEntry } from './model';

/** What a place can call: the providers configured there, and the names of the keys that are set. */
export interface ModelAccess {
  readonly providers: Pick<ReadonlySet<string>, 'has'>;
  readonly keysPresent: ReadonlySet<string>;
}

/** An entry with where it came from: `seed` is the shipped list, `discovered` was found on a server. */
export interface KnownModel extends ModelEntry {
  readonly origin: string;
  /** Since when its provider's own list no longer names it; null or absent: it does, or has none. */
  readonly missingSince?: string | null;
}

/** The shipped list names local models that may exist; only those found here, and still there, can be called. */
export const isInstalled = ({ local, statistical, origin, missingSince = null }: KnownModel): boolean =>
  missingSince === null && (!local || statistical || origin !== 'seed');

export const hasKey = ({ keyName }: Pick<ModelEntry, 'keyName'>, { keysPresent }: ModelAccess): boolean =>
  keyName === null || keysPresent.has(keyName);

const isServed = (model: KnownModel, access: ModelAccess): boolean =>
  access.providers.has(model.provider) && isInstalled(model) && hasKey(model, access);

const isPriced = (model: ModelEntry): boolean => model.price !== null || isFree(model);

export const isUsable = (model: KnownModel, access: ModelAccess): boolean =>
  isServed(model, access) && isPriced(model);

/** Whether nothing but a price is missing for it to be called. */
export const lacksPrice = (model: KnownModel, access: ModelAccess): boolean =>
  isServed(model, access) && !isPriced(model);

/** The language models among `models`, best quality first. */
export const languageModels = <Model extends ModelEntry>(models: readonly Model[]): readonly Model[] =>
  models
    .filter((model) => !model.statistical && model.provider !== 'recorded')
    .toSorted((a, b) => b.quality - a.quality || (a.id < b.id ? -1 : 1));
