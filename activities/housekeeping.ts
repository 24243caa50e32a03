// What must be tidied by the hour: expired briefs, reservations without an end, old counters.
import type { Dependencies } from './dependencies';

export interface HousekeepingResult {
  readonly expiredBriefs: number;
  readonly evictedBriefs: number;
  readonly uncertainCalls: number;
  readonly oldRows: number;
}

/** Longer than any attempt may take: a reservation older than this has lost its attempt. */
const LOST_AFTER_SECONDS = 3_600;
/** Reads, checks and requests are summed up elsewhere; their rows are kept for two quarters. */
const KEEP_DAYS = 180;

export const createHousekeeping = ({ stores, options, logger }: Dependencies) => {
  /** Repeatable; each step stands alone. */
  const tidyUp = async (): Promise<HousekeepingResult> => {
    const old = [
      await stores.briefMetrics.prune(KEEP_DAYS),
      await stores.health.prune(KEEP_DAYS),
      await stores.requests.prune(KEEP_DAYS),
      await stores.rateLimits.prune(),
    ];
    const result = {
      expiredBriefs: await stores.briefs.purgeExpired(),
      evictedBriefs: await stores.briefs.enforceLimits(options.briefLimits),
      uncertainCalls: await stores.ledger.sweepUncertain(LOST_AFTER_SECONDS),
      oldRows: old.reduce((total, count) => total + count, 0),
    };
    logger.info({ ...result }, 'housekeeping');
    return result;
  };
  return { tidyUp };
};
