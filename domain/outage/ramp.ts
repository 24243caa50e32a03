// Gradual recovery (F5): a provider that has just come back is not hit by everything that waited for it.
import type { IsoInstant } from '../world';
import { type BreakerSettings, type BreakerState, DEFAULT_BREAKER_SETTINGS } from './breaker-state';

/** Share admitted in the first instant after closing; from there it grows linearly. */
export const FIRST_RAMP_SHARE = 0.1;

/**
 * Share of ordinary traffic, in (0, 1], that may go to a provider whose breaker is in `state` at `now`.
 * 1 when it never opened or the ramp is over, 0 while it is open or half open.
 */
export const rampShare = (
  state: BreakerState,
  now: IsoInstant,
  settings: BreakerSettings = DEFAULT_BREAKER_SETTINGS,
): number => {
  if (state.status !== 'closed') return 0;
  if (state.closedAt === null) return 1;
  const elapsedMs = Math.max(0, Date.parse(now) - Date.parse(state.closedAt));
  const grown = settings.rampMs <= 0 ? 1 : elapsedMs / settings.rampMs;
  return Math.min(1, FIRST_RAMP_SHARE + (1 - FIRST_RAMP_SHARE) * grown);
};

/** FNV-1a, 32 bit (Fowler, Noll, Vo): spreads keys evenly and is the same on every worker. */
export const spread = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  // One round of mixing: neighbours such as `call-1` and `call-2` would else land side by side.
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

/**
 * Whether a call may pass during the ramp. Decided by the call's key, so that a retry gets the same answer,
 * and monotone in the share: who passed at 20 % passes at 30 %. Critical work always passes.
 */
export const admittedByRamp = (share: number, callKey: string, critical = false): boolean =>
  share > 0 && (critical || spread(callKey) < share);

/** When a call that the ramp holds back passes at the latest. */
export const rampPassesAt = (
  state: BreakerState,
  callKey: string,
  settings: BreakerSettings = DEFAULT_BREAKER_SETTINGS,
): IsoInstant | null => {
  if (state.closedAt === null) return null;
  const needed = Math.max(0, (spread(callKey) - FIRST_RAMP_SHARE) / (1 - FIRST_RAMP_SHARE));
  return new Date(Date.parse(state.closedAt) + Math.ceil(needed * settings.rampMs) + 1).toISOString();
};
