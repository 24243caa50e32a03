// What the rules of alerts read of the settings at each look.
import { type StoredSettings, settingValue } from './setting-definitions';

export interface AlertSettings {
  /** Null in any of these: the rule is off. */
  readonly sessionSeconds: number | null;
  readonly successPercent: number | null;
  readonly errorPercent: number | null;
  readonly accuracyDrop: number | null;
  readonly calibrationError: number | null;
  readonly sessionSubjects: number;
  readonly windowMinutes: number;
  readonly minSamples: number;
  readonly minOutcomes: number;
}

/** @throws RangeError as `settingValue` does. */
export const alertSettings = (stored: StoredSettings): AlertSettings => {
  const value = <T>(key: string): T => settingValue(stored, key) as T;
  return {
    sessionSeconds: value('alert_session_seconds'),
    successPercent: value('alert_success_percent'),
    errorPercent: value('alert_error_percent'),
    accuracyDrop: value('alert_accuracy_drop'),
    calibrationError: value('alert_calibration_error'),
    sessionSubjects: value('alert_session_subjects'),
    windowMinutes: value('alert_window_minutes'),
    minSamples: value('alert_min_samples'),
    minOutcomes: value('alert_min_outcomes'),
  };
};
