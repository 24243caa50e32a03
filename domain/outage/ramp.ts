// Gradual recovery (F5): a provider that has just come back is not hit by everything that waited for it.
import type { IsoInstant } from '../world';
import { type BreakerSettings, type BreakerState, DEFAULT_BREAKER_SETTINGS } from './breaker-state';

/** Share admitted in the first instant after closing; from there it grows linearly. */
const FIRST_RAMP_SHARE = 0.1;

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
 * How many times the ordinary share is open to critical work: three tenths of it at once, all of it after about a
 * quarter of the ramp. It goes first, yet never all together: what waits may be mostly critical.
 */
export const CRITICAL_LEAD = 3;

const openTo = (share: number, critical: boolean): number => (critical ? share * CRITICAL_LEAD : share);

/**
 * Whether a call may pass during the ramp. Decided by the call's key, so that a retry gets the same answer,
 * and monotone in the share: who passed at 20 % passes at 30 %, and who passes as ordinary passes as critical.
 */
export const admittedByRamp = (share: number, callKey: string, critical = false): boolean =>
  spread(callKey) < openTo(share, critical);

/** When a call that the ramp holds back passes at the latest. */
export const rampPassesAt = (
  state: BreakerState,
  callKey: string,
  {
    critical = false,
    settings = DEFAULT_BREAKER_SETTINGS,
  }: { readonly critical?: boolean; readonly settings?: BreakerSettings } = {},
): IsoInstant | null => {
  if (state.closedAt === null) return null;
  const share = spread(callKey) / openTo(1, critical);
  const needed = Math.max(0, (share - FIRST_RAMP_SHARE) / (1 - FIRST_RAMP_SHARE));
  return new Date(Date.parse(state.closedAt) + Math.ceil(needed * settings.rampMs) + 1).toISOString();
};
