// What both outboxes say of the ways out: what waits, what was given up, and the last error.
import type { ChannelFact } from '../domain/alerts/delivery-rule';
import { IS_WAITING } from './outbox-sql';
import type { Sql } from './sql';

export interface ChannelStore {
  /** A row per way out that was ever used, by name. Reads the whole of both outboxes. */
  standings(): Promise<readonly ChannelFact[]>;
}

const COLUMNS = 'channel, attempts, due_at, delivered_at, gave_up_at, last_error';

/** A row without an error has not failed yet: its attempt is being made. */
const STANDINGS = `
  with item as (
    select ${COLUMNS} from alert_deliveries union all select ${COLUMNS} from deliveries
  ), way as (
    select channel, coalesce(max(delivered_at), '-infinity') as last_out from item group by channel
  ), open as (
    select item.*, ${IS_WAITING} as waits, coalesce(gave_up_at > last_out, false) as lost
    from item join way using (channel) where delivered_at is null
  )
  select channel,
    count(*) filter (where waits) as waiting,
    coalesce(max(attempts) filter (where waits and last_error is not null), 0) as attempts,
    count(*) filter (where lost) as given_up,
    (array_agg(last_error order by coalesce(gave_up_at, due_at) desc)
      filter (where last_error is not null and (waits or lost)))[1] as last_error
  from way left join open using (channel) group by channel order by channel`;

export const createChannelStore = (db: Sql): ChannelStore => ({
  standings: () => db.query<ChannelFact>(STANDINGS),
});
