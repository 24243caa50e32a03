// Which day a report is about, and whether that day is over.
import { addDays } from '../market/iso-date';
import type { IsoDate, IsoInstant } from '../world';

/** Before this hour (UTC) a scheduled report is about the day before, which it makes whole. */
const MORNING_HOUR = 6;

/** The day that a report made by schedule at `at` is about. */
export const scheduledReportDay = (at: IsoInstant): IsoDate => {
  const today = at.slice(0, 10);
  return Number(at.slice(11, 13)) < MORNING_HOUR ? addDays(today, -1) : today;
};

/** True once `day` is over at `now` (UTC). */
export const isDayOver = (day: IsoDate, now: IsoInstant): boolean => now.slice(0, 10) > day;
