// The outbox of decisions and reports: filled from what was recorded since the setting was turned on, emptied by
// senders that hold a row while they try. A sender that dies leaves a row that falls due again.
import type { WorldId } from '../domain/world';
import { AFTER_FAILURE, countWaiting, DUE_NOW, HOLD_SECONDS, IS_WAITING } from './outbox-sql';
import type { Sql } from './sql';

export type DeliveryKind = 'decision' | 'report';

export interface DeliveryKey {
  readonly kind: DeliveryKind;
  /** The decision's id; `<world>/<day>` of a report. */
  readonly ref: string;
  readonly channel: string;
}

export interface DueDocument extends DeliveryKey {
  /** This one included. */
  readonly attempts: number;
}

export interface FillDeliveries {
  readonly kind: DeliveryKind;
  /** The setting whose last change is the instant from which documents are delivered. */
  readonly setting: string;
  readonly world: WorldId;
  readonly channels: readonly string[];
}

export interface DeliveryStore {
  /** A row per channel for every document of the world that has none yet; the number added. */
  fill(what: FillDeliveries): Promise<number>;
  /** Takes what is due, oldest document first, and holds it for a while. */
  take(limit: number): Promise<readonly DueDocument[]>;
  delivered(key: DeliveryKey): Promise<void>;
  /** It failed: tried again after so many seconds; null: never. */
  failed(key: DeliveryKey, error: string, againInSeconds: number | null): Promise<void>;
  /** Rows that are neither out nor given up. */
  waiting(): Promise<number>;
}

/** $1 channels, $2 world, $3 setting. */
const SINCE = '(select updated_at from settings where key = $3)';

/**
 * A parked decision goes out when its review, of a day at most, has ended; two days behind the newest row nothing can
 * come in any more.
 */
const DECISIONS = `
  select d.id as ref, d.created_at as made_at from ensemble_decisions d
  where d.world = $2 and d.status <> 'parked' and d.created_at >= greatest(${SINCE},
    (select max(made_at) from deliveries where kind = 'decision') - interval '2 days')`;

/** Of whole days only, and of none that was over before the setting was turned on. */
const REPORTS = `
  select r.world || '/' || r.day as ref, r.made_at from reports r
  where r.world = $2 and r.complete and r.made_at >= ${SINCE}
    and (r.day + 1)::timestamp at time zone 'UTC' >= ${SINCE}`;

const fillOf = (kind: DeliveryKind, documents: string): string => `
  insert into deliveries (kind, ref, channel, made_at, due_at)
  select '${kind}', made.ref, c.channel, made.made_at, ${DUE_NOW}
  from (${documents}) made cross join unnest($1::text[]) as c (channel)
  on conflict do nothing returning 1`;

const FILL = { decision: fillOf('decision', DECISIONS), report: fillOf('report', REPORTS) } as const;

const TAKE = `
  with due as (
    select kind, ref, channel from deliveries
    where ${IS_WAITING} and due_at <= clock_timestamp()
    order by made_at, kind, ref, channel limit $1 for update skip locked
  ), held as (
    update deliveries d set attempts = d.attempts + 1, due_at = clock_timestamp() + make_interval(secs => $2)
    from due where (d.kind, d.ref, d.channel) = (due.kind, due.ref, due.channel)
    returning d.kind, d.ref, d.channel, d.attempts, d.made_at
  )
  select kind, ref, channel, attempts from held order by made_at, kind, ref, channel`;

const OUT = `update deliveries set delivered_at = clock_timestamp(), last_error = null
  where kind = $1 and ref = $2 and channel = $3`;

const FAILED = `
  update deliveries set ${AFTER_FAILURE}
  where kind = $1 and ref = $2 and channel = $3`;

export const createDeliveryStore = (db: Sql): DeliveryStore => ({
  fill: async ({ kind, channels, world, setting }) =>
    (await db.query(FILL[kind], [[...channels], world, setting])).length,

  take: (limit) => db.query<DueDocument>(TAKE, [limit, HOLD_SECONDS]),

  delivered: async ({ kind, ref, channel }) => {
    await db.query(OUT, [kind, ref, channel]);
  },

  failed: async ({ kind, ref, channel }, error, againInSeconds) => {
    await db.query(FAILED, [kind, ref, channel, error, againInSeconds]);
  },

  waiting: () => countWaiting(db, 'deliveries'),
});
