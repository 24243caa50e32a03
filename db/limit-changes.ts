// Changes of limits: one after another, with a reason that is kept, and carried into the caps that are open.
import { assertMicroUsd, type MicroUsd } from '../domain/money/micro-usd';
import { openWithPeriodSoFar, RUNNING_PERIODS } from './cap-periods';
import type { CapChange, CapLimit, CapScope, NewLimit } from './cap-record';
import type { Database } from './database';
import { assertReason } from './reason';
import { EXPERIMENT_ID, OWN_BUDGET } from './run-cap';
import { first, type Sql } from './sql';

export interface LimitChanges {
  /**
   * Sets a limit on the open caps it covers and from now on; a new one counts its running period, session or decision.
   * What a run opens for itself (run-cap.ts), save an experiment, never exceeds everyone's limit. @throws RangeError without a reason.
   */
  setLimit(limit: NewLimit): Promise<void>;
  /** Raises a limit that is still `from`, as above; false where it is another by now. */
  raiseLimit(limit: NewLimit & { readonly from: MicroUsd }): Promise<boolean>;
  /** Removes a limit; its open caps follow everyone's, or are closed and no longer checked where there is none. */
  removeLimit(target: {
    readonly scope: CapScope;
    readonly key: string;
    readonly reason: string;
  }): Promise<boolean>;
  /**
   * Closes the open caps, whose books stay, so that the next call opens new ones at zero. The number closed.
   * @param requestKey the same one again closes nothing; without one it is a reset of its own
   */
  reset(
    target: { readonly scope: CapScope; readonly key: string; readonly reason: string },
    requestKey?: string | null,
  ): Promise<number>;
}

const LOCK_LIMITS = 'select pg_advisory_xact_lock(4021500115)';

/** In the order in which calls lock them, and before the ledger, so that a change and a call never wait for each other. */
const LOCK_OPEN_CAPS = 'select 1 from caps where scope = $1 and closed_at is null order by key for update';

/** Open caps of running periods that follow the limit (scope, key): those with an exact limit of their own do not follow \`*\`. */
const FOLLOWERS = `c.closed_at is null and c.scope = $1 and (c.key = $2 or ($2 = '*' and not exists (
    select 1 from cap_limits own where own.scope = c.scope and own.key = c.key)))
  and c.period in ${RUNNING_PERIODS}`;

/** False where the request has made its change before. */
const recordChange = async (
  sql: Sql,
  change: Omit<CapChange, 'id' | 'changedAt'>,
  requestKey: string | null = null,
): Promise<boolean> =>
  (
    await sql.query(
      `insert into cap_limit_changes (scope, key, action, old_limit_micro_usd, new_limit_micro_usd, policy, reason,
         changed_at, request_key)
       values ($1, $2, $3, $4, $5, $6, $7, world_now('live'), $8) on conflict (request_key) do nothing returning id`,
      [
        change.scope,
        change.key,
        change.action,
        change.oldLimitMicroUsd,
        change.newLimitMicroUsd,
        change.policy,
        change.reason,
        requestKey,
      ],
    )
  ).length === 1;

const limitFor = async (sql: Sql, scope: CapScope, key: string) =>
  first(
    await sql.query<Pick<CapLimit, 'limitMicroUsd' | 'policy'>>(
      'select limit_micro_usd, policy from cap_limits where scope = $1 and key = $2',
      [scope, key],
    ),
  );

const currentLimit = async (sql: Sql, scope: CapScope, key: string): Promise<MicroUsd | null> =>
  (await limitFor(sql, scope, key))?.limitMicroUsd ?? null;

/** A limit below what is booked leaves the difference as overrun, so that the CHECK tells the truth. */
const applyToOpenCaps = (sql: Sql, { scope, key, limitMicroUsd, policy }: CapLimit) =>
  sql.query(
    `update caps c set limit_micro_usd = $3, policy = $4,
       overrun_micro_usd = greatest(c.overrun_micro_usd, c.spent_micro_usd + c.held_micro_usd - $3)
     where ${FOLLOWERS}`,
    [scope, key, limitMicroUsd, policy],
  );

const closeOpenCaps = async (sql: Sql, scope: CapScope, key: string): Promise<number> =>
  (
    await sql.query(`update caps c set closed_at = world_now('live') where ${FOLLOWERS} returning c.id`, [
      scope,
      key,
    ])
  ).length;

const changeLimit = async (sql: Sql, limit: CapLimit, reason: string): Promise<void> => {
  const old = await currentLimit(sql, limit.scope, limit.key);
  await sql.query(
    `insert into cap_limits (scope, key, limit_micro_usd, policy, updated_at) values ($1, $2, $3, $4, world_now('live'))
     on conflict (scope, key) do update
     set limit_micro_usd = excluded.limit_micro_usd, policy = excluded.policy, updated_at = excluded.updated_at`,
    [limit.scope, limit.key, limit.limitMicroUsd, limit.policy],
  );
  if (old === null) await openWithPeriodSoFar(sql, limit);
  await applyToOpenCaps(sql, limit);
  const action = old !== null && limit.limitMicroUsd > old ? 'raise' : 'set';
  await recordChange(sql, {
    ...limit,
    action,
    oldLimitMicroUsd: old,
    newLimitMicroUsd: limit.limitMicroUsd,
    reason,
  });
};

const isOwn = (key: string, reason: string): boolean =>
  reason.startsWith(`${OWN_BUDGET}${key}`) && !key.startsWith(EXPERIMENT_ID);

/** Read under the lock of limits, or a run that begins while everyone's limit is lowered would miss it. */
const bounded = async (sql: Sql, limit: CapLimit, reason: string): Promise<CapLimit> => {
  if (!isOwn(limit.key, reason)) return limit;
  const everyones = (await currentLimit(sql, limit.scope, '*')) ?? limit.limitMicroUsd;
  return { ...limit, limitMicroUsd: Math.min(limit.limitMicroUsd, everyones) };
};

/** Brings what runs opened for themselves down to everyone's limit; a limit that a person changed since stays. */
const lowerOwnLimits = async (sql: Sql, { scope, limitMicroUsd }: CapLimit, reason: string) => {
  const above = await sql.query<CapLimit>(
    `select scope, key, policy from cap_limits own where scope = $1 and key <> '*' and limit_micro_usd > $2
       and not starts_with(key, $4)
       and (select starts_with(c.reason, $3 || own.key) from cap_limit_changes c
         where c.scope = own.scope and c.key = own.key order by c.id desc limit 1) order by key`,
    [scope, limitMicroUsd, OWN_BUDGET, EXPERIMENT_ID],
  );
  for (const own of above)
    await changeLimit(sql, { ...own, limitMicroUsd }, `${OWN_BUDGET}${own.key}, with everyone's: ${reason}`);
};

/** The policy that stays is read under the lock, or a change of it in between would be undone. */
const withPolicy = async (sql: Sql, limit: Omit<NewLimit, 'reason'>): Promise<CapLimit> => ({
  ...limit,
  policy: limit.policy ?? (await limitFor(sql, limit.scope, limit.key))?.policy ?? 'stop',
});

const setUnderLock = async (sql: Sql, wanted: Omit<NewLimit, 'reason'>, reason: string): Promise<void> => {
  const limit = await withPolicy(sql, wanted);
  if (limit.key === '*') await sql.query(LOCK_OPEN_CAPS, [limit.scope]);
  await changeLimit(sql, await bounded(sql, limit, reason), reason);
  if (limit.key === '*') await lowerOwnLimits(sql, limit, reason);
};

const lockLimits = async (
  sql: Sql,
  { limitMicroUsd }: Pick<CapLimit, 'limitMicroUsd'>,
  reason: string,
): Promise<void> => {
  assertReason(reason, 'the budget changes');
  assertMicroUsd(limitMicroUsd, 'limitMicroUsd');
  await sql.query(LOCK_LIMITS);
};

export const createLimitChanges = (db: Database): LimitChanges => ({
  setLimit: ({ reason, ...limit }) =>
    db.transaction(async (sql) => {
      await lockLimits(sql, limit, reason);
      await setUnderLock(sql, limit, reason);
    }),

  raiseLimit: ({ reason, from, ...limit }) =>
    db.transaction(async (sql) => {
      await lockLimits(sql, limit, reason);
      if ((await currentLimit(sql, limit.scope, limit.key)) !== from) return false;
      await setUnderLock(sql, limit, reason);
      return true;
    }),

  removeLimit: ({ scope, key, reason }) =>
    db.transaction(async (sql) => {
      assertReason(reason, 'the budget changes');
      await sql.query(LOCK_LIMITS);
      const old = await currentLimit(sql, scope, key);
      if (old === null) return false;
      await sql.query('delete from cap_limits where scope = $1 and key = $2', [scope, key]);
      const everyones = key === '*' ? null : await limitFor(sql, scope, '*');
      // What was spent under a limit of its own counts under everyone's: a new cap would begin at zero.
      if (everyones) await applyToOpenCaps(sql, { scope, key, ...everyones });
      else await closeOpenCaps(sql, scope, key);
      await recordChange(sql, {
        scope,
        key,
        action: 'remove',
        oldLimitMicroUsd: old,
        newLimitMicroUsd: null,
        policy: null,
        reason,
      });
      return true;
    }),

  reset: ({ scope, key, reason }, requestKey) =>
    db.transaction(async (sql) => {
      assertReason(reason, 'the budget changes');
      await sql.query(LOCK_LIMITS);
      const limit = await currentLimit(sql, scope, key);
      const amounts = { oldLimitMicroUsd: limit, newLimitMicroUsd: limit };
      const change = { scope, key, action: 'reset', ...amounts, policy: null, reason } as const;
      // What was spent since the first time counts: only that one closes books.
      if (!(await recordChange(sql, change, requestKey))) return 0;
      return closeOpenCaps(sql, scope, key);
    }),
});
