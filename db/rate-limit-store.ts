// Limits on how often something may be asked, kept in Postgres: they hold over restarts and across processes.
import { first, only, type Sql } from './sql';

export interface RateLimit {
  readonly perMinute: number;
  /** So many at once before the pace counts. */
  readonly burst: number;
}

export interface RateLimitStore {
  /** Takes one from the bucket: 0 when allowed, else the seconds until the next is. */
  take(bucket: string, limit: RateLimit): Promise<number>;
  /** Removes buckets that have been empty for a day; the number removed. */
  prune(): Promise<number>;
}

/** The generic cell rate algorithm: a bucket is one instant, moved ahead by each request it lets pass. */
const TAKE = `
  insert into rate_limits as r (bucket, empty_at) values ($1, clock_timestamp() + make_interval(secs => $2))
  on conflict (bucket) do update
  set empty_at = greatest(r.empty_at, clock_timestamp()) + make_interval(secs => $2)
  where greatest(r.empty_at, clock_timestamp()) + make_interval(secs => $2)
    <= clock_timestamp() + make_interval(secs => $3)
  returning 0 as wait`;

const WAIT = `
  select greatest(0, extract(epoch from empty_at - clock_timestamp()) + $2 - $3)::float8 as wait
  from rate_limits where bucket = $1`;

export const createRateLimitStore = (db: Sql): RateLimitStore => ({
  take: async (bucket, { perMinute, burst }) => {
    const each = 60 / perMinute;
    const values = [bucket, each, each * burst];
    if (first(await db.query(TAKE, values, 'rate-limit-take'))) return 0;
    const { wait } = only(await db.query<{ readonly wait: number }>(WAIT, values));
    return Math.max(wait, 0.001);
  },

  prune: async () =>
    (
      await db.query(
        `delete from rate_limits where empty_at < clock_timestamp() - interval '1 day' returning bucket`,
      )
    ).length,
});
