// Watchlists, one per market; kept in the order in which subjects were added.
import type { Sql } from './sql';

export interface WatchlistEntry {
  readonly market: string;
  readonly subject: string;
}

export interface WatchlistStore {
  /** All entries, or those of one market, in order of addition. */
  list(market?: string): Promise<readonly WatchlistEntry[]>;
  /** Adds what is not there yet; the number added. */
  add(entries: readonly WatchlistEntry[]): Promise<number>;
  /** The number removed. */
  remove(entries: readonly WatchlistEntry[]): Promise<number>;
}

const columns = (entries: readonly WatchlistEntry[]) => [
  entries.map(({ market }) => market),
  entries.map(({ subject }) => subject),
];

export const createWatchlistStore = (db: Sql): WatchlistStore => ({
  list: (market) =>
    db.query<WatchlistEntry>(
      `select market, subject from watchlists where $1::text is null or market = $1
       order by market, added_at, subject`,
      [market ?? null],
    ),
  add: async (entries) =>
    (
      await db.query(
        `insert into watchlists (market, subject, added_at)
         select market, subject, clock_timestamp() + n * interval '1 millisecond'
         from unnest($1::text[], $2::text[]) with ordinality as w (market, subject, n)
         on conflict do nothing returning subject`,
        columns(entries),
      )
    ).length,
  remove: async (entries) =>
    (
      await db.query(
        `delete from watchlists w using unnest($1::text[], $2::text[]) as gone (market, subject)
         where w.market = gone.market and w.subject = gone.subject returning w.subject`,
        columns(entries),
      )
    ).length,
});
