// Keeps the desk's schedules as declared: once a person has synced them, a changed setting, watchlist, calendar
// or competition takes effect without another command. Asked for by a worker, again and again.

import type { ConclaveClient } from './connect';
import { type ScheduleChange, syncWanted } from './schedules';
import { fingerprintOf, wantedSchedules } from './wanted-schedules';

/** What one look did; `recorded` only where something changed. */
export interface ScheduleLook {
  readonly changes: readonly ScheduleChange[];
  readonly recorded: boolean;
}

const NOTHING: ScheduleLook = { changes: [], recorded: false };

/**
 * Brings schedules in line where what is declared has changed since the last sync. Does nothing where nobody has
 * synced yet: what runs by itself costs money, and a person begins it. Pauses stay; a schedule that cannot be as
 * declared stays as it was, and its reason is recorded.
 * @param force compares with Temporal itself even where nothing declared has changed
 */
export const keepSchedules = async (
  client: Pick<ConclaveClient, 'stores' | 'temporal'>,
  force = false,
): Promise<ScheduleLook> => {
  const { scheduleSyncs } = client.stores;
  const last = await scheduleSyncs.latest();
  if (!last) return NOTHING;
  const wanted = await wantedSchedules(client);
  const fingerprint = fingerprintOf(wanted);
  if (!force && fingerprint === last.fingerprint) return NOTHING;
  const changes = (await syncWanted(client, wanted, false)).filter(({ change }) => change !== 'unchanged');
  // Another sync may have done the same meanwhile.
  const known =
    changes.every(({ change }) => change === 'refused') &&
    (await scheduleSyncs.latest())?.fingerprint === fingerprint;
  if (!known) await scheduleSyncs.record({ fingerprint, cause: 'worker', changes });
  return { changes, recorded: !known };
};

/** Looks for one process: its first compares with Temporal itself, which heals what was lost and follows an upgrade. */
export const scheduleKeeper = (client: Pick<ConclaveClient, 'stores' | 'temporal'>) => {
  let compared = false;
  return async (): Promise<ScheduleLook> => {
    const look = await keepSchedules(client, !compared);
    compared = true;
    return look;
  };
};
