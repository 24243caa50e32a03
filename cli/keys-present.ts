// Which keys are set, by the names of their variables: what a choice of models may count on.
import { loadConfig } from '../config/load';
import { modelAccess } from '../config/provider-settings';

export const keysPresent = (): ReadonlySet<string> => modelAccess(loadConfig().providers).keysPresent;
