// Tells how far the committed calendars reach: schedules end with them, so that it must be seen coming.
import { calendarEndWarning } from '../domain/market/calendar';
import { CALENDAR_LAST_DAY } from '../domain/market/exchange-calendars';
import { EXCHANGES } from '../domain/market/market';
import type { Check } from './diagnosis';

const FIX = 'Update Conclave, or run scripts/generate-calendars.py and `conclave schedules sync`.';

/** Ends within a quarter: said with what to do. Has ended: wrong. @param now ISO instant */
export const checkCalendars = (now: string): Check => {
  const warnings = EXCHANGES.flatMap((market) => calendarEndWarning(market, now) ?? []);
  if (warnings.length === 0)
    return { name: 'calendars', ok: true, detail: `reach ${CALENDAR_LAST_DAY}`, fix: null };
  return {
    name: 'calendars',
    ok: now.slice(0, 10) <= CALENDAR_LAST_DAY,
    detail: `warning: ${warnings[0]}${warnings.length > 1 ? `, and ${warnings.length - 1} more` : ''}`,
    fix: FIX,
  };
};
