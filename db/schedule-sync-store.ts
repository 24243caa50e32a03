// Syncs of the desk's schedules, kept: whether a person ever asked for them, from what they were last made, and
// what each sync changed.
import type { IsoInstant } from '../domain/world';
import { first, jsonb, type Sql } from './sql';

export type SyncCause = 'person' | 'worker';

/** One schedule that a sync changed, or could not. */
export interface RecordedChange {
  readonly scheduleId: string;
  readonly change: string;
  readonly differences: readonly string[];
}

export interface ScheduleSyncRow {
  readonly fingerprint: string;
  readonly cause: SyncCause;
  readonly changes: readonly RecordedChange[];
  readonly syncedAt: IsoInstant;
}

export interface ScheduleSyncStore {
  /** Null where nobody ever synced: then nothing is to run by itself. */
  latest(): Promise<ScheduleSyncRow | null>;
  record(sync: Omit<ScheduleSyncRow, 'syncedAt'>): Promise<void>;
  /** Every schedule that a sync ever changed, whether it still is or not. */
  scheduleIds(): Promise<readonly string[]>;
  /** Syncs that changed something, newest first. */
  list(limit?: number): Promise<readonly ScheduleSyncRow[]>;
}

const COLUMNS = 'fingerprint, cause, changes, synced_at';

export const createScheduleSyncStore = (db: Sql): ScheduleSyncStore => ({
  latest: async () =>
    first(
      await db.query<ScheduleSyncRow>(
        `select ${COLUMNS} from schedule_syncs order by synced_at desc, id desc limit 1`,
      ),
    ),
  record: async ({ fingerprint, cause, changes }) => {
    await db.query(`insert into schedule_syncs (${COLUMNS}) values ($1, $2, $3::jsonb, clock_timestamp())`, [
      fingerprint,
      cause,
      jsonb(changes),
    ]);
  },
  scheduleIds: async () =>
    (
      await db.query<{ id: string }>(
        `select distinct change ->> 'scheduleId' as id
         from schedule_syncs, jsonb_array_elements(changes) as change`,
      )
    ).map(({ id }) => id),
  list: (limit = 20) =>
    db.query<ScheduleSyncRow>(
      `select ${COLUMNS} from schedule_syncs where changes <> '[]'::jsonb
       order by synced_at desc, id desc limit $1`,
      [limit],
    ),
});
