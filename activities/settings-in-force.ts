// The settings as they stand now: read anew by every decision, so that a change holds from the next one on.
import type { Stores } from '../db/stores';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import { decisionSettings } from '../domain/settings/decision-settings';
import type { ReadSetting } from '../domain/settings/desk-settings';
import { type StoredSettings, settingValue } from '../domain/settings/setting-definitions';
import { rethrowBadInput } from './failures';

export const createSettingsInForce = ({ settings }: Pick<Stores, 'settings'>) => {
  const stored = async (): Promise<StoredSettings> =>
    new Map((await settings.list()).map(({ key, value }) => [key, value]));

  const reading = async <T>(read: (settings: StoredSettings) => T): Promise<T> => {
    const found = await stored();
    try {
      return read(found);
    } catch (error) {
      return rethrowBadInput(error);
    }
  };

  return {
    /** @throws ApplicationFailure BadInput for a stored value that is not accepted. */
    forDecision: (category: string): Promise<DecisionSettings> =>
      reading((found) => decisionSettings(found, category)),
    /** Several at once, of one moment. @throws ApplicationFailure BadInput likewise. */
    read: <T>(pick: (read: ReadSetting) => T): Promise<T> =>
      reading((found) => pick((key) => settingValue(found, key))),
    /** One setting, narrowed or not. @throws ApplicationFailure BadInput likewise. */
    value: (key: string, narrowedBy?: string): Promise<unknown> =>
      reading((found) => settingValue(found, key, narrowedBy)),
  };
};
