// Signs of life of the workers, on Postgres's clock: a killed one falls silent within a second, where Temporal lists it
// for another minute.
import { only, type Sql } from './sql';

/** Five beats (workers/sign-of-life.ts): a worker that has been silent for longer is gone. */
const SILENT_MS = 5_000;

export interface WorkerBeatStore {
  /** A worker lives and takes work. */
  beat(worker: string): Promise<void>;
  /** It ends by itself: nobody need wait for its silence. */
  leave(worker: string): Promise<void>;
  /** Workers that have lately given a sign of life. */
  alive(): Promise<number>;
  /** Whether any worker has given a sign of life after this instant, silent by now or not. */
  heardSince(instant: string): Promise<boolean>;
  /** Removes workers that have been silent for a day; the number removed. */
  prune(): Promise<number>;
}

/** A sign that a crash of the server may lose is worth no wait for the disk. */
const BEAT = `
  with hurried as materialized (select set_config('synchronous_commit', 'off', true))
  insert into worker_beats (worker, beat_at) select $1, clock_timestamp() from hurried
  on conflict (worker) do update set beat_at = excluded.beat_at`;

const ALIVE = `
  select count(*)::int as workers from worker_beats
  where beat_at > clock_timestamp() - $1 * interval '1 millisecond'`;

const HEARD = 'select exists (select 1 from worker_beats where beat_at > $1) as heard';

export const createWorkerBeatStore = (db: Sql): WorkerBeatStore => ({
  beat: async (worker) => {
    await db.query(BEAT, [worker], 'worker-beat');
  },
  leave: async (worker) => {
    await db.query('delete from worker_beats where worker = $1', [worker]);
  },
  alive: async () =>
    only(await db.query<{ readonly workers: number }>(ALIVE, [SILENT_MS], 'workers-alive')).workers,
  heardSince: async (instant) =>
    only(await db.query<{ readonly heard: boolean }>(HEARD, [instant], 'workers-heard')).heard,
  prune: async () =>
    (
      await db.query(
        `delete from worker_beats where beat_at < clock_timestamp() - interval '1 day' returning worker`,
      )
    ).length,
});
