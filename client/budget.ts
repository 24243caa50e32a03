// Budgets from outside: limits, what is left of them, when they end, and every change with its reason.
import type { CapRow, CapScope, NewLimit } from '../db/cap-record';
import { monthOutlook, spendAnomalies } from '../domain/money/burn-rate';
import { formatUsd, type MicroUsd, usdText } from '../domain/money/micro-usd';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';
import { registeredModels } from './registry';

export interface BudgetTarget {
  readonly scope: CapScope;
  /** `*`: every one of the scope. */
  readonly key: string;
}

interface CapView {
  readonly row: Pick<CapRow, 'scope' | 'key' | 'period' | 'limitMicroUsd' | 'policy'> &
    Partial<
      Pick<CapRow, 'spentMicroUsd' | 'heldMicroUsd' | 'overrunMicroUsd' | 'remainingMicroUsd' | 'openedAt'>
    >;
}

const capDocument = ({ row }: CapView) => {
  const spent = row.spentMicroUsd ?? 0;
  const held = row.heldMicroUsd ?? 0;
  return {
    scope: row.scope,
    key: row.key,
    period: row.period,
    policy: row.policy,
    limitUsd: formatUsd(row.limitMicroUsd),
    spentUsd: formatUsd(spent),
    heldUsd: formatUsd(held),
    overrunUsd: formatUsd(row.overrunMicroUsd ?? 0),
    remainingUsd: formatUsd(row.remainingMicroUsd ?? row.limitMicroUsd),
    percent: row.limitMicroUsd === 0 ? 100 : Math.round((1000 * (spent + held)) / row.limitMicroUsd) / 10,
  };
};

/** Limits under which nothing was spent yet have no row of their own: they are shown whole. */
const views = async (client: ConclaveClient): Promise<readonly CapView[]> => {
  const [limits, open] = await Promise.all([client.stores.caps.limits(), client.stores.caps.status()]);
  const untouched = limits.filter(
    (limit) => !open.some((cap) => cap.scope === limit.scope && (limit.key === '*' || cap.key === limit.key)),
  );
  return [...open.map((row) => ({ row })), ...untouched.map((limit) => ({ row: { ...limit, period: '-' } }))];
};

/** `budget show --json`. */
export const budgetDocument = async (client: ConclaveClient) => {
  const now = await client.stores.worlds.now('live');
  const today = now.slice(0, 10);
  const [caps, limits, days, history] = await Promise.all([
    views(client),
    client.stores.caps.limits(),
    client.stores.spend.recentDays(today),
    client.stores.caps.history(20),
  ]);
  const alerts = (await client.stores.alerts.list({ limit: 200 })).filter(({ kind }) =>
    ['cap', 'spend_anomaly', 'budget_end'].includes(kind),
  );
  const month = limits.find(({ scope }) => scope === 'month');
  const outlook = monthOutlook(days, month?.limitMicroUsd ?? null, today);
  return {
    at: now,
    caps: caps.map(capDocument),
    burn: {
      perDayUsd: formatUsd(outlook.ratePerDayMicroUsd),
      spentThisMonthUsd: formatUsd(outlook.spentMicroUsd),
      endsOn: outlook.endsOn,
      atMonthEndUsd: month ? formatUsd(outlook.atMonthEndMicroUsd) : null,
    },
    anomalies: spendAnomalies(days).map((one) => ({
      day: one.day,
      spentUsd: formatUsd(one.spentMicroUsd),
      usualUsd: formatUsd(one.usualMicroUsd),
    })),
    alerts: alerts.map(({ episode, severity, title, raisedAt }) => ({ episode, severity, title, raisedAt })),
    history: history.map((change) => ({
      scope: change.scope,
      key: change.key,
      action: change.action,
      oldLimitUsd: change.oldLimitMicroUsd === null ? null : formatUsd(change.oldLimitMicroUsd),
      newLimitUsd: change.newLimitMicroUsd === null ? null : formatUsd(change.newLimitMicroUsd),
      reason: change.reason,
      changedAt: change.changedAt,
    })),
  };
};

const limitNow = async (client: ConclaveClient, { scope, key }: BudgetTarget) =>
  (await client.stores.caps.limits()).find((limit) => limit.scope === scope && limit.key === key) ?? null;

/** A limit on a name that is misspelled would hold nothing back. */
const checkKnown = async (client: ConclaveClient, { scope, key }: BudgetTarget): Promise<void> => {
  if ((scope !== 'provider' && scope !== 'model') || key === '*') return;
  const models = await registeredModels(client);
  const providers = new Set([...models.values()].map(({ provider }) => provider));
  if (scope === 'provider' ? providers.has(key) : models.has(key)) return;
  throw new BadInput(
    scope === 'model'
      ? `key "${key}" is not a model; accepted: *, or one that "conclave models" lists`
      : `key "${key}" is not a provider; accepted: *, ${[...providers].sort().join(', ')}`,
  );
};

/** Sets a limit. @throws RangeError without a reason, or on a provider or model that is not known. */
export const setBudget = async (client: ConclaveClient, change: NewLimit): Promise<void> => {
  await checkKnown(client, change);
  await client.stores.caps.setLimit(change);
};

/** Raises a limit. @throws RangeError when there is none, or the new one is not higher. */
export const raiseBudget = async (
  client: ConclaveClient,
  change: BudgetTarget & { readonly limitMicroUsd: MicroUsd; readonly reason: string },
): Promise<void> => {
  const before = await limitNow(client, change);
  const name = change.key === '*' ? change.scope : `${change.scope} ${change.key}`;
  if (!before) throw new RangeError(`${name} has no limit; accepted: "budget set" first`);
  if (change.limitMicroUsd <= before.limitMicroUsd)
    throw new RangeError(
      `limit ${usdText(change.limitMicroUsd)} does not raise ${name}; accepted: more than ${usdText(before.limitMicroUsd)}`,
    );
  const from = before.limitMicroUsd;
  // Another change came between: it is held against that.
  if (!(await client.stores.caps.raiseLimit({ ...change, policy: null, from })))
    await raiseBudget(client, change);
};

/**
 * Closes the running books so that the next call opens new ones at zero. The number of books closed.
 * @param requestKey the same one again closes none; null: a reset of its own
 * @throws BadInput on a provider or model that is not known, and where no limit holds
 */
export const resetBudget = async (
  client: ConclaveClient,
  change: BudgetTarget & { readonly reason: string },
  requestKey: string | null,
): Promise<number> => {
  await checkKnown(client, change);
  const { scope, key } = change;
  const limits = await client.stores.caps.limits();
  if (!limits.some((limit) => limit.scope === scope && (limit.key === key || limit.key === '*')))
    throw new BadInput(
      `scope "${scope}" has no limit to reset${key === '*' ? '' : ` for ${key}`}; accepted: one that "budget show" lists`,
    );
  return client.stores.caps.reset(change, requestKey);
};

/** Takes a limit away; false when there was none. */
export const removeBudget = (
  client: ConclaveClient,
  change: BudgetTarget & { readonly reason: string },
): Promise<boolean> => client.stores.caps.removeLimit(change);
