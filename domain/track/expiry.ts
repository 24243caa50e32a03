// How far off the outcome was: one of the contexts by which a record is kept (requirement C3).

const EXPIRY_BUCKETS = ['under_1_day', '1_to_7_days', '7_to_30_days', 'over_30_days'] as const;
export type ExpiryBucket = (typeof EXPIRY_BUCKETS)[number];

const DAY_MS = 86_400_000;

/**
 * Bucket of the time from forecast to resolution, both in milliseconds since 1970 UTC. Exactly one day and exactly
 * seven open the longer bucket; exactly thirty days are still `7_to_30_days`.
 * @throws RangeError when resolution is before the forecast.
 */
export const expiryBucket = (forecastAtMs: number, resolvesAtMs: number): ExpiryBucket => {
  const days = (resolvesAtMs - forecastAtMs) / DAY_MS;
  if (!(days >= 0)) throw new RangeError(`time to expiry is ${days} days; accepted: 0 or more`);
  if (days < 1) return 'under_1_day';
  if (days < 7) return '1_to_7_days';
  return days <= 30 ? '7_to_30_days' : 'over_30_days';
};
