// One model under several names, such as two tags of one local file: two seats for it would be one opinion counted twice.
import type { ModelEntry } from './model';

/** A local server's short digest of the file; a version of any other form is no proof that two are the same. */
const DIGEST = /^(?!0+$)[0-9a-f]{12}$/;

/** The names beyond the first that each model of `models` goes by, with the first; those stay callable by name. */
export const otherNames = (
  models: readonly Pick<ModelEntry, 'id' | 'provider' | 'version' | 'local'>[],
): ReadonlyMap<string, string> => {
  const first = new Map<string, string>();
  const others = new Map<string, string>();
  for (const { id, provider, version, local } of models) {
    if (!local || !DIGEST.test(version)) continue;
    const key = `${provider} ${version}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, id);
    else others.set(id, known);
  }
  return others;
};
