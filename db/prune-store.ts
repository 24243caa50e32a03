// Removes rows that have outlived their use, and only those: each kind says in SQL which rows may go. Rows that a
// stored brief, an open piece of work or an undelivered alert still rests on stay, however old they are.
import type { PruneKind } from '../domain/settings/retention-settings';
import type { IsoInstant } from '../domain/world';
import { only, type Sql } from './sql';

export interface PrunedTable {
  readonly name: string;
  /** Condition on the row `t`; `$1` is the instant before which rows are old. */
  readonly old: string;
}

const alertIsOver = (alert: string): string => `${alert}.resolved_at < $1 and not exists (
  select 1 from alert_deliveries w
  where w.alert_id = ${alert}.id and w.delivered_at is null and w.gave_up_at is null)`;

/** Tables of each kind, each before those that refer to it. */
export const PRUNED_TABLES: Readonly<Record<PruneKind, readonly PrunedTable[]>> = {
  health_checks: [{ name: 'health_checks', old: 't.checked_at < $1' }],
  brief_reads: [{ name: 'brief_reads', old: 't.read_at < $1' }],
  research_sessions: [{ name: 'research_sessions', old: 't.ended_at < $1' }],
  market_events: [{ name: 'market_events', old: 't.recorded_at < $1' }],
  requests: [{ name: 'requests', old: `t.status <> 'open' and t.ended_at < $1` }],
  alerts: [
    { name: 'alerts', old: alertIsOver('t') },
    {
      name: 'alert_deliveries',
      old: `exists (select 1 from alerts a where a.id = t.alert_id and ${alertIsOver('a')})`,
    },
  ],
  dossiers: [
    {
      name: 'dossiers',
      old: 't.stored_at < $1 and not exists (select 1 from briefs b where b.dossier_id = t.id)',
    },
  ],
  price_series: [
    {
      name: 'price_series',
      old: `greatest(t.stored_at, t.fetched_at) < $1
        and not exists (select 1 from briefs b where b.series_id = t.id)
        and not exists (select 1 from dossiers d where d.series_id = t.id)
        and exists (select 1 from price_series n
          where n.world = t.world and n.symbol = t.symbol and n.fetched_at > t.fetched_at)`,
    },
  ],
  answers: [{ name: 'answers', old: 't.created_at < $1' }],
};

/** Rows deleted by one statement. */
const BATCH_ROWS = 5_000;

export interface PruneStore {
  /** The instant so many days ago, by the database's clock. */
  daysAgo(days: number): Promise<IsoInstant>;
  /** How many rows of the kind are older than `before` and may go. */
  countOld(kind: PruneKind, before: IsoInstant): Promise<number>;
  /** Deletes at most `most` rows of the kind that are older than `before`; how many. */
  removeOld(kind: PruneKind, before: IsoInstant, most?: number): Promise<number>;
}

export const createPruneStore = (db: Sql): PruneStore => {
  const removeFrom = async (
    { name, old }: PrunedTable,
    before: IsoInstant,
    most: number,
  ): Promise<number> => {
    const statement = `with gone as (
        delete from ${name} where ctid in (select t.ctid from ${name} t where ${old} limit $2) returning 1)
      select count(*) as rows from gone`;
    let removed = 0;
    while (removed < most) {
      const wanted = Math.min(BATCH_ROWS, most - removed);
      const { rows } = only(await db.query<{ rows: number }>(statement, [before, wanted]));
      removed += rows;
      if (rows < wanted) break;
    }
    return removed;
  };

  return {
    daysAgo: async (days) =>
      only(
        await db.query<{ at: IsoInstant }>(`select clock_timestamp() - $1 * interval '1 day' as at`, [days]),
      ).at,

    countOld: async (kind, before) => {
      let total = 0;
      for (const { name, old } of PRUNED_TABLES[kind]) {
        const statement = `select count(*) as rows from ${name} t where ${old}`;
        total += only(await db.query<{ rows: number }>(statement, [before])).rows;
      }
      return total;
    },

    removeOld: async (kind, before, most = Number.POSITIVE_INFINITY) => {
      let removed = 0;
      for (const table of [...PRUNED_TABLES[kind]].reverse())
        removed += await removeFrom(table, before, most - removed);
      return removed;
    },
  };
};
