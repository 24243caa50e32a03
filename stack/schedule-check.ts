// What `conclave doctor` says of the desk's schedules: one that cannot be as declared stays as it was, and nobody would
// know from its runs.
import { scheduleWarnings } from '../client/known-schedules';
import { createStores } from '../db/stores';
import { databaseCheck } from './database-check';
import type { Check } from './diagnosis';

const FIX =
  'Correct the settings schedule_times and warming_lead_minutes; `conclave schedules list` shows what holds.';

/** Asked of a database that has this version's tables. */
export const checkSchedules = (databaseUrl: string): Promise<Check> =>
  databaseCheck('schedules', databaseUrl, async (db) => {
    const stores = createStores(db);
    const last = await stores.scheduleSyncs.latest();
    if (last === null)
      return { name: 'schedules', ok: true, detail: 'none, nothing runs by itself', fix: null };
    const warnings = await scheduleWarnings({ stores });
    const detail = `last changed ${last.syncedAt}`;
    if (warnings.length === 0) return { name: 'schedules', ok: true, detail, fix: null };
    return { name: 'schedules', ok: true, detail: `${detail}; ${warnings.join('; ')}`, fix: FIX };
  });
