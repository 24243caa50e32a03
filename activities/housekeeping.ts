// What must be tidied by the hour: expired briefs, reservations without an end, what sessions cost after their end, rows
// that are no record and old.
import { PRUNE_KINDS, retentionSettings } from '../domain/settings/retention-settings';
import { settingValue } from '../domain/settings/setting-definitions';
import type { Dependencies } from './dependencies';

export interface HousekeepingResult {
  readonly expiredBriefs: number;
  readonly evictedBriefs: number;
  readonly uncertainCalls: number;
  readonly oldRows: number;
}

/** Longer than any attempt may take: a reservation older than this has lost its attempt. */
const LOST_AFTER_SECONDS = 3_600;
/** Of one kind in one hour, so that an attempt stays short; a backlog goes hour by hour. */
const MOST_ROWS = 20_000;

export const createHousekeeping = ({ stores, options, logger }: Dependencies) => {
  /** Rows that are older than the settings keep them. */
  const removeOld = async (): Promise<number> => {
    const stored = new Map((await stores.settings.list()).map(({ key, value }) => [key, value]));
    const { hourly, days } = retentionSettings((key) => settingValue(stored, key));
    let removed = (await stores.rateLimits.prune()) + (await stores.workerBeats.prune());
    for (const kind of hourly ? PRUNE_KINDS : [])
      if (days[kind] !== null)
        removed += await stores.pruning.removeOld(kind, await stores.pruning.daysAgo(days[kind]), MOST_ROWS);
    return removed;
  };

  /** Repeatable; each step stands alone. */
  const tidyUp = async (): Promise<HousekeepingResult> => {
    const result = {
      expiredBriefs: await stores.briefs.purgeExpired(),
      evictedBriefs: await stores.briefs.enforceLimits(options.briefLimits),
      uncertainCalls: await stores.ledger.sweepUncertain(LOST_AFTER_SECONDS),
      oldRows: await removeOld(),
    };
    const sessions = await stores.sessions.settleTotals();
    logger.info({ ...result, sessions }, 'housekeeping');
    return result;
  };
  return { tidyUp };
};
