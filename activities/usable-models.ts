// Which registry models can be called right now: their provider is configured and their key is present.
import type { ModelEntry } from '../domain/selection/model';
import {
  hasKey,
  isUsable,
  type KnownModel,
  lacksPrice,
  languageModels,
  type ModelAccess,
} from '../domain/selection/usable';
import type { Dependencies } from './dependencies';
import { createServices } from './service-standing';

/** An entry, with what the registry knows of it beside; a recorded system is in none. */
type Registered = ModelEntry & Pick<KnownModel, 'missingSince'>;

export const createUsableModels = ({ stores, db, providers, options }: Dependencies) => {
  const services = createServices({ stores, db });
  const access: ModelAccess = { providers, keysPresent: options.keysPresent };

  /** Since when its provider has it no more, as a sentence's end; null where it has it. */
  const ended = ({ provider, missingSince }: Registered): string | null =>
    missingSince ? `is no longer served by "${provider}", since ${missingSince.slice(0, 10)}` : null;

  /** Why its provider is not called from here, as a sentence's end; null where it is. Nobody takes such a call. */
  const unserved = (model: ModelEntry): string | null => {
    if (!hasKey(model, access)) return `needs ${model.keyName}, which is not set where the workers run`;
    return providers.has(model.provider)
      ? null
      : `is served by "${model.provider}", which is not configured where the workers run`;
  };

  const all = async (): Promise<readonly ModelEntry[]> =>
    (await stores.registry.list()).filter((model) => isUsable(model, access));

  return {
    all,
    ended,
    unserved,
    /** Best quality first. */
    languageModels: async (): Promise<readonly ModelEntry[]> => languageModels(await all()),
    /** Whether a model may be asked first: neither it nor its provider is out (D5). */
    inService: async (): Promise<(model: ModelEntry) => boolean> => {
      const service = await services();
      return ({ provider, id }) => service({ provider, model: id }).out === null;
    },
    /** Said where no language model can be asked, though some would answer: they have no price. Empty: there is none. */
    unpricedRemark: async (): Promise<readonly string[]> => {
      const registered = await stores.registry.list();
      const [first, ...others] = languageModels(registered.filter((model) => lacksPrice(model, access)));
      if (!first) return [];
      const whose = others.length === 0 ? first.id : `${first.id} and ${others.length} more`;
      const way = `conclave models edit ${first.id} --price-in 0 --price-out 0`;
      return [`No price is known for ${whose}: not asked. Where calls cost nothing, say so (${way})`];
    },
    house: async (): Promise<readonly ModelEntry[]> => (await all()).filter((model) => model.statistical),
  };
};
