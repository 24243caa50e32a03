// Market events. Recorded means committed: from then on no reader anywhere gets a covered brief.
import type { MarketEvent } from '../domain/research/market-events';
import type { IsoInstant, WorldId } from '../domain/world';
import { only, type Sql } from './sql';

export interface MarketEventRow {
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  /** Null covers all worlds. */
  readonly world: WorldId | null;
  readonly everything: boolean;
  readonly subjects: readonly string[];
  readonly reason: string;
  readonly happenedAt: IsoInstant;
  readonly recordedAt: IsoInstant;
}

export interface EventStore {
  /** Counts an event once by its id; `seq` is the epoch it opened, also for repetitions. */
  recordEvent(event: MarketEvent): Promise<{ readonly first: boolean; readonly seq: number }>;
  /** Newest first; `limit` defaults to 50. */
  list(filter?: {
    readonly world?: WorldId;
    readonly subject?: string;
    readonly limit?: number;
    /** Sequence number of the last of the page before. */
    readonly beforeSeq?: number;
  }): Promise<readonly MarketEventRow[]>;
  /** The newest event that covers a subject after an epoch, for the reason shown with a restart. */
  newestCovering(world: WorldId, subject: string, afterEpoch: number): Promise<MarketEventRow | null>;
}

const COLUMNS = 'id, seq, type, world, everything, subjects, reason, happened_at, recorded_at';

export const createEventStore = (db: Sql): EventStore => ({
  recordEvent: async (event) =>
    only(
      await db.query<{ first: boolean; seq: number }>(
        'select first, seq from record_market_event($1, $2, $3, $4, $5, $6, $7)',
        [
          event.id,
          event.type,
          event.world,
          event.scope.kind === 'everything',
          event.scope.kind === 'everything' ? [] : event.scope.subjects,
          event.reason,
          event.at,
        ],
      ),
    ),

  list: (filter = {}) =>
    db.query<MarketEventRow>(
      `select ${COLUMNS} from market_events
       where ($1::text is null or world is null or world = $1)
         and ($2::text is null or everything or $2 = any(subjects))
         and ($4::bigint is null or seq < $4)
       order by seq desc limit $3`,
      [filter.world ?? null, filter.subject ?? null, filter.limit ?? 50, filter.beforeSeq ?? null],
    ),

  newestCovering: async (world, subject, afterEpoch) =>
    (
      await db.query<MarketEventRow>(
        `select ${COLUMNS} from market_events
         where (world is null or world = $1) and (everything or $2 = any(subjects)) and seq > $3
         order by seq desc limit 1`,
        [world, subject, afterEpoch],
      )
    )[0] ?? null,
});
