// Which keys are set, by the names of their variables: what a choice of models may count on.
import { loadConfig } from '../config/load';

export const keysPresent = (): ReadonlySet<string> =>
  new Set(loadConfig().providers.flatMap(({ hasKey, keyName }) => (hasKey && keyName ? [keyName] : [])));
