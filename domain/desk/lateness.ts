// A run that its schedule started after the instant it was due is late, not missed: how late is kept with the run
// and said wherever the run is shown.
import type { IsoInstant } from '../world';

/** From here on a start counts as late; before, the machine was merely busy. */
const LATE_FROM_SECONDS = 60;

/**
 * Whole seconds from the scheduled to the real start, never negative.
 * @param scheduledAt null for runs that no schedule started
 */
export const lateSeconds = (scheduledAt: IsoInstant | null, startedAt: IsoInstant): number | null =>
  scheduledAt === null
    ? null
    : Math.max(0, Math.round((Date.parse(startedAt) - Date.parse(scheduledAt)) / 1_000));

/** Such as `25 minutes late`; null for what was on time or had no time. */
export const latenessText = (seconds: number | null): string | null => {
  if (seconds === null || seconds < LATE_FROM_SECONDS) return null;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} late`;
  return `${(minutes / 60).toFixed(1)} hours late`;
};
