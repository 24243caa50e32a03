// The outbox of alerts: filled from the alerts, emptied by senders that hold a row while they try. A sender that
// dies leaves a row that falls due again.
import type { AlertRow } from './alert-store';
import { AFTER_FAILURE, countWaiting, DUE_NOW, HOLD_SECONDS, IS_WAITING } from './outbox-sql';
import type { Sql } from './sql';

export type AlertMoment = 'raised' | 'resolved';

export interface DueDelivery {
  readonly moment: AlertMoment;
  readonly channel: string;
  /** This one included. */
  readonly attempts: number;
  readonly alert: AlertRow;
}

export type DeliveryKey = Pick<DueDelivery, 'moment' | 'channel'> & { readonly alertId: number };

export interface AlertDeliveryStore {
  /** A row per channel for every alert whose raising or recovery has none yet; the number added. */
  fill(channels: readonly string[]): Promise<number>;
  /**
   * Takes what is due, oldest first, and holds it for a while. A recovery waits until its raising is out (or given
   * up) on the same channel.
   */
  take(limit: number): Promise<readonly DueDelivery[]>;
  /** It is out; the alert is delivered when it is out on every channel. */
  delivered(key: DeliveryKey): Promise<void>;
  /** It failed: tried again after so many seconds; null: never. */
  failed(key: DeliveryKey, error: string, againInSeconds: number | null): Promise<void>;
  /** Rows that are neither out nor given up. */
  waiting(): Promise<number>;
}

const FILL = `
  insert into alert_deliveries (alert_id, moment, channel, due_at)
  select a.id, m.moment, c.channel, ${DUE_NOW}
  from alerts a
  cross join lateral (
    select 'raised' as moment where a.raised_delivered_at is null
    union all select 'resolved' where a.resolved_at is not null and a.resolved_delivered_at is null) m
  cross join unnest($1::text[]) as c (channel)
  on conflict do nothing returning 1`;

const TAKE = `
  with due as (
    select d.alert_id, d.moment, d.channel from alert_deliveries d
    where d.delivered_at is null and d.gave_up_at is null and d.due_at <= clock_timestamp()
      and (d.moment = 'raised' or not exists (
        select 1 from alert_deliveries r where r.alert_id = d.alert_id and r.channel = d.channel
          and r.moment = 'raised' and r.delivered_at is null and r.gave_up_at is null))
    order by d.alert_id, d.moment, d.channel limit $1 for update skip locked
  ), held as (
    update alert_deliveries d
    set attempts = d.attempts + 1, due_at = clock_timestamp() + make_interval(secs => $2)
    from due where (d.alert_id, d.moment, d.channel) = (due.alert_id, due.moment, due.channel)
    returning d.alert_id, d.moment, d.channel, d.attempts
  )
  select h.moment, h.channel, h.attempts, a.id, a.kind, a.episode, a.severity, a.title, a.details, a.raised_at,
    a.resolved_at, a.raised_delivered_at, a.resolved_delivered_at
  from held h join alerts a on a.id = h.alert_id order by h.alert_id, h.moment, h.channel`;

const OUT = `
  with done as (
    update alert_deliveries set delivered_at = clock_timestamp(), last_error = null
    where alert_id = $1 and moment = $2 and channel = $3 returning 1
  )
  update alerts set
    raised_delivered_at = case when $2 = 'raised' then clock_timestamp() else raised_delivered_at end,
    resolved_delivered_at = case when $2 = 'resolved' then clock_timestamp() else resolved_delivered_at end
  where id = $1 and exists (select 1 from done) and not exists (
    select 1 from alert_deliveries where alert_id = $1 and moment = $2 and channel <> $3
      and ${IS_WAITING})`;

/** Two channels that get an alert out at the same moment each see the other still waiting, and a last one may give up. */
const settled = (moment: AlertMoment): string => `
  update alerts a set ${moment}_delivered_at = clock_timestamp()
  where a.${moment}_delivered_at is null
    and exists (select 1 from alert_deliveries d
      where d.alert_id = a.id and d.moment = '${moment}' and d.delivered_at is not null)
    and not exists (select 1 from alert_deliveries where alert_id = a.id and moment = '${moment}' and ${IS_WAITING})`;

const FAILED = `
  update alert_deliveries set ${AFTER_FAILURE}
  where alert_id = $1 and moment = $2 and channel = $3`;

type TakenRow = AlertRow & Omit<DueDelivery, 'alert'>;

export const createAlertDeliveryStore = (db: Sql): AlertDeliveryStore => ({
  fill: async (channels) => {
    for (const moment of ['raised', 'resolved'] as const) await db.query(settled(moment));
    return (await db.query(FILL, [[...channels]])).length;
  },

  take: async (limit) =>
    (await db.query<TakenRow>(TAKE, [limit, HOLD_SECONDS])).map(
      ({ moment, channel, attempts, ...alert }) => ({ moment, channel, attempts, alert }),
    ),

  delivered: async ({ alertId, moment, channel }) => {
    await db.query(OUT, [alertId, moment, channel]);
  },

  failed: async ({ alertId, moment, channel }, error, againInSeconds) => {
    await db.query(FAILED, [alertId, moment, channel, error, againInSeconds]);
  },

  waiting: () => countWaiting(db, 'alert_deliveries'),
});
