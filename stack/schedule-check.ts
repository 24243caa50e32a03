// What `conclave doctor` says of the desk's schedules: one that cannot be as declared stays as it was, and nobody would
// know from its runs.
import { scheduleWarnings } from '../client/known-schedules';
import { openDatabase } from '../db/database';
import { createStores } from '../db/stores';
import type { Check } from './diagnosis';

const FIX =
  'Correct the settings schedule_times and warming_lead_minutes; `conclave schedules list` shows what holds.';

/** Null where there is no database of this version to ask. */
export const checkSchedules = async (databaseUrl: string): Promise<Check | null> => {
  const db = openDatabase(databaseUrl, { poolSize: 1, applicationName: 'conclave-doctor' });
  const stores = createStores(db);
  try {
    const last = await stores.scheduleSyncs.latest();
    if (last === null)
      return { name: 'schedules', ok: true, detail: 'none, nothing runs by itself', fix: null };
    const warnings = await scheduleWarnings({ stores });
    const detail = `last changed ${last.syncedAt}`;
    if (warnings.length === 0) return { name: 'schedules', ok: true, detail, fix: null };
    return { name: 'schedules', ok: true, detail: `${detail}; ${warnings.join('; ')}`, fix: FIX };
  } catch {
    return null;
  } finally {
    await db.close();
  }
};
