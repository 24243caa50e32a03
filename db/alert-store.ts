// Alerts: raised once per episode, resolved once, each delivered once.
import type { IsoInstant } from '../domain/world';
import { RUNNING_PERIODS } from './cap-periods';
import { jsonb, type Sql } from './sql';

export interface AlertRow {
  readonly id: number;
  readonly kind: string;
  /** What it is about and when it may be raised anew, e.g. `cap:month:*:2026-11:80`, `breaker:openai:gpt-4o`. */
  readonly episode: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly raisedAt: IsoInstant;
  readonly resolvedAt: IsoInstant | null;
  readonly raisedDeliveredAt: IsoInstant | null;
  readonly resolvedDeliveredAt: IsoInstant | null;
}

export type NewAlert = Pick<AlertRow, 'kind' | 'episode' | 'severity' | 'title' | 'details'>;

export interface AlertStore {
  /** The new alert, or null while the episode is open. */
  raise(alert: NewAlert): Promise<AlertRow | null>;
  /** Ends the episode; the alert, or null when none was open. */
  resolve(episode: string): Promise<AlertRow | null>;
  /** Ends the open episodes of these kinds that are not among those named. */
  resolveOthers(kinds: readonly string[], named: readonly string[]): Promise<readonly AlertRow[]>;
  /** Newest first. */
  list(filter?: {
    readonly openOnly?: boolean;
    readonly kind?: string;
    readonly limit?: number;
    /** The last of the page before. */
    readonly before?: { readonly at: IsoInstant; readonly id: number };
  }): Promise<readonly AlertRow[]>;
  /**
   * Raises an alert for every cap that passed 50, 80, 95 or 100 % and had none for it in its period (E4), by what is
   * spent and what is held for calls without a known end; not by what calls under way hold.
   */
  raiseForCaps(): Promise<readonly AlertRow[]>;
  /** Ends the episodes of caps that are closed or whose period is over, or that were raised so far that the step is not reached. */
  resolveForCaps(): Promise<readonly AlertRow[]>;
}

const COLUMNS =
  'id, kind, episode, severity, title, details, raised_at, resolved_at, raised_delivered_at, resolved_delivered_at';

/**
 * The steps of open caps of running periods, each with its episode. What calls under way hold is their worst case and
 * mostly comes back: money counts as used once it is spent, or held for a call of which no bill will tell.
 */
const STEPS = `
  select c.*, s.step, format('cap:%s:%s:%s:%s:%s', c.scope, c.key, c.period, c.id, s.step) as episode,
    (c.spent_micro_usd + c.held_micro_usd - coalesce(u.micro_usd, 0)) * 100 >= c.limit_micro_usd * s.step as passed
  from caps c cross join (values (50), (80), (95), (100)) s (step)
  left join (select r.cap_id, sum(r.held_micro_usd) as micro_usd
    from ledger l join reservations r on r.ledger_key = l.key where l.status = 'reserved' group by r.cap_id) u on u.cap_id = c.id
  where c.closed_at is null and c.period in ${RUNNING_PERIODS} and c.limit_micro_usd > 0`;

/** A bill that comes in lower than was feared unsays nothing; a higher limit does. */
const RESOLVE_FOR_CAPS = `
  update alerts a set resolved_at = clock_timestamp()
  where a.kind = 'cap' and a.resolved_at is null
    and not exists (select 1 from (${STEPS}) steps where steps.episode = a.episode
      and (steps.passed or steps.limit_micro_usd <= (a.details->>'limitMicroUsd')::bigint))
  returning ${COLUMNS}`;

/** Once per period: the episode of a cap's threshold is never raised again, open or resolved. */
const RAISE_FOR_CAPS = `
  insert into alerts (kind, episode, severity, title, details, raised_at)
  select 'cap', episode, case when step >= 95 then 'critical' when step >= 80 then 'warning' else 'info' end,
    format('Budget of %s (%s) is at %s %%', case key when '*' then 'the ' || scope else scope || ' ' || key end, period, step),
    jsonb_build_object('scope', scope, 'key', key, 'period', period, 'percent', step, 'limitMicroUsd', limit_micro_usd,
      'spentMicroUsd', spent_micro_usd, 'heldMicroUsd', held_micro_usd), clock_timestamp()
  from (${STEPS}) steps
  where passed and not exists (select 1 from alerts a where a.episode = steps.episode)
  order by id, step
  on conflict (episode) where resolved_at is null do nothing
  returning ${COLUMNS}`;

export const createAlertStore = (db: Sql): AlertStore => ({
  raise: async (alert) =>
    (
      await db.query<AlertRow>(
        `insert into alerts (kind, episode, severity, title, details, raised_at)
         values ($1, $2, $3, $4, $5::jsonb, clock_timestamp())
         on conflict (episode) where resolved_at is null do nothing returning ${COLUMNS}`,
        [alert.kind, alert.episode, alert.severity, alert.title, jsonb(alert.details)],
      )
    )[0] ?? null,

  resolve: async (episode) =>
    (
      await db.query<AlertRow>(
        `update alerts set resolved_at = clock_timestamp() where episode = $1 and resolved_at is null
         returning ${COLUMNS}`,
        [episode],
      )
    )[0] ?? null,

  resolveOthers: (kinds, named) =>
    db.query<AlertRow>(
      `update alerts set resolved_at = clock_timestamp()
       where kind = any($1) and resolved_at is null and not (episode = any($2)) returning ${COLUMNS}`,
      [kinds, named],
    ),

  list: (filter = {}) =>
    db.query<AlertRow>(
      `select ${COLUMNS} from alerts where (not $1 or resolved_at is null)
         and ($3::timestamptz is null or (raised_at, id) < ($3, $4::bigint)) and ($5::text is null or kind = $5)
       order by raised_at desc, id desc limit $2`,
      [
        ...[filter.openOnly ?? false, filter.limit ?? 100],
        ...[filter.before?.at ?? null, filter.before?.id ?? null, filter.kind ?? null],
      ],
    ),

  raiseForCaps: () => db.query<AlertRow>(RAISE_FOR_CAPS),

  resolveForCaps: () => db.query<AlertRow>(RESOLVE_FOR_CAPS),
});
