// What a task of the model desk reads of the settings, anew each time it is run.
import type { Tier } from '../selection/tiers';
import { type StoredSettings, settingValue } from './setting-definitions';

/** Plain JSON. */
export interface TaskSettings {
  /** Tiers decide; false: the map `taskModels`. */
  readonly enabled: boolean;
  readonly tier: Tier;
  readonly preferLocal: boolean;
  /** Several models work on a task. */
  readonly ensemble: boolean;
  /** Model ids by task type. */
  readonly taskModels: Readonly<Record<string, string>>;
}

/** @throws RangeError as `settingValue` does. */
export const taskSettings = (stored: StoredSettings): TaskSettings => ({
  enabled: settingValue(stored, 'enabled') as boolean,
  tier: settingValue(stored, 'quality_tier') as Tier,
  preferLocal: settingValue(stored, 'prefer_local') as boolean,
  ensemble: settingValue(stored, 'ensemble_tasks') as boolean,
  taskModels: settingValue(stored, 'task_models') as Readonly<Record<string, string>>,
});
