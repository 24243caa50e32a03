// Limits and the caps they open.
import { closeEndedCaps, RUNNING_PERIODS } from './cap-periods';
import {
  CAP_SCOPES,
  type CapChange,
  type CapLimit,
  type CapRow,
  type CapScope,
  type OpenCap,
} from './cap-record';
import type { Database } from './database';
import { createLimitChanges, type LimitChanges } from './limit-changes';
import { type SilentCap, silentCaps } from './silent-caps';
import { first } from './sql';

export interface CapStore extends LimitChanges {
  limits(): Promise<readonly CapLimit[]>;
  /**
   * Caps of the running periods, all those of a month or a day before those without an end, of which there is one per
   * decision or session; with `all` also past and closed ones; newest first, at most `limit` (100) where that leaves none
   * of a running month or day out.
   */
  status(options?: { readonly all?: boolean; readonly limit?: number }): Promise<readonly CapRow[]>;
  /** The open cap without an end of this very key; null before a call or a limit of its own opens it. */
  openOnce(scope: CapScope, key: string): Promise<OpenCap | null>;
  history(limit?: number): Promise<readonly CapChange[]>;
  /** Closes caps without a period whose end is on record; the number closed. */
  closeEnded(): Promise<number>;
  /** Up to so many that are to be closed unless their work still runs. */
  silent(most: number): Promise<readonly SilentCap[]>;
}

const CAP_COLUMNS = `id, scope, key, period, limit_micro_usd, spent_micro_usd, held_micro_usd, overrun_micro_usd, policy,
  greatest(0, limit_micro_usd - spent_micro_usd - held_micro_usd) as remaining_micro_usd, opened_at, closed_at`;

/** What calls whose end is not known yet hold on the cap of the row `caps`. */
const UNDER_WAY = `(select coalesce(sum(r.held_micro_usd), 0)::bigint from reservations r
  join ledger l on l.key = r.ledger_key where r.cap_id = caps.id and r.status = 'open' and l.status = 'reserved')`;

/** By what is left of a month or day work is begun or refused: of those that run none is cut off, however many models have one. */
const MOST_SHOWN = `(select greatest($2::bigint, count(*) filter (where not $1)) from caps
  where closed_at is null and period <> 'once' and period in ${RUNNING_PERIODS})`;

export const createCapStore = (db: Database): CapStore => ({
  ...createLimitChanges(db),

  limits: () =>
    db.query<CapLimit>(
      'select scope, key, limit_micro_usd, policy from cap_limits order by array_position($1::text[], scope), key',
      [CAP_SCOPES],
    ),

  status: (options = {}) =>
    db.query<CapRow>(
      `select ${CAP_COLUMNS} from caps where $1 or (closed_at is null and period in ${RUNNING_PERIODS})
       order by not $1 and period = 'once', opened_at desc, id desc limit ${MOST_SHOWN}`,
      [options.all ?? false, options.limit ?? 100],
    ),

  openOnce: async (scope, key) =>
    first(
      await db.query<OpenCap>(
        `select ${CAP_COLUMNS}, ${UNDER_WAY} as under_way_micro_usd
         from caps where scope = $1 and key = $2 and period = 'once' and closed_at is null`,
        [scope, key],
      ),
    ),

  history: (limit = 100) =>
    db.query<CapChange>(
      `select id, scope, key, action, old_limit_micro_usd, new_limit_micro_usd, policy, reason, changed_at
       from cap_limit_changes order by id desc limit $1`,
      [limit],
    ),

  closeEnded: () => closeEndedCaps(db),

  silent: (most) => silentCaps(db, most),
});
