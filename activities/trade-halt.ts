// Whether a person has stopped the desk, as it stands when a trade is written down: it may have been sized before that.
import type { ModeRow } from '../db/mode-store';
import { MODE_POLICIES } from '../domain/outage/modes';

/** Why no position may be opened in this mode; null: one may. */
export const haltedWhy = (mode: ModeRow | null): string | null =>
  mode && MODE_POLICIES[mode.mode].maxNewPositionMicroUsd === 0 ? mode.reason : null;
