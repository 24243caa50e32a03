// Run-time settings (requirement D7) as commands and the API see them: values in force, changes, their history.
import { MICRO_PER_USD, parseUsd } from '../domain/money/micro-usd';
import {
  SETTING_DEFINITIONS,
  type SettingCategory,
  type SettingDefinition,
  type StoredSettings,
  settingDefinition,
} from '../domain/settings/setting-definitions';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';
import { checkScheduleSetting } from './wanted-schedules';

export interface SettingView {
  readonly key: string;
  readonly category: SettingCategory;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly accepted: string;
  readonly doc: string;
  readonly updatedAt: string | null;
}

/** Settings as stored: key to value; the defaults of the others are in their definitions. */
export const storedSettings = async ({ stores }: Pick<ConclaveClient, 'stores'>): Promise<StoredSettings> =>
  new Map((await stores.settings.list()).map(({ key, value }) => [key, value]));

const BUDGET_CAP = { scope: 'month', key: '*' } as const;

const budgetCap = async ({ stores }: Pick<ConclaveClient, 'stores'>) => {
  const limits = await stores.caps.limits();
  return limits.find(({ scope, key }) => scope === BUDGET_CAP.scope && key === BUDGET_CAP.key) ?? null;
};

/** Micro-dollars of the month's cap, or null without one. */
export const monthlyBudget = async (client: Pick<ConclaveClient, 'stores'>): Promise<number | null> =>
  (await budgetCap(client))?.limitMicroUsd ?? null;

/** The month's cap owns its amount: `conclave budget` may have changed it since. */
const withBudget = (view: SettingView, budgetMicroUsd: number | null): SettingView =>
  view.key === 'monthly_budget'
    ? {
        ...view,
        value: budgetMicroUsd === null ? null : budgetMicroUsd / MICRO_PER_USD,
        isDefault: budgetMicroUsd === null,
      }
    : view;

/** Every setting with its value in force, those narrowed to a market category or world behind the general ones. */
export const listSettings = async (
  client: ConclaveClient,
  category?: string,
): Promise<readonly SettingView[]> => {
  const [rows, budgetMicroUsd] = await Promise.all([client.stores.settings.list(), monthlyBudget(client)]);
  const stored = new Map(rows.map((row) => [row.key, row]));
  const view = (key: string, definition: SettingDefinition): SettingView => {
    const row = stored.get(key);
    const { category, accepted, doc, fallback } = definition;
    const value = row ? row.value : fallback;
    return { key, category, value, isDefault: !row, accepted, doc, updatedAt: row?.updatedAt ?? null };
  };
  const narrowed = rows.flatMap(({ key }) => {
    const definition = settingDefinition(key);
    return definition && definition.key !== key ? [view(key, definition)] : [];
  });
  return [...SETTING_DEFINITIONS.map((each) => view(each.key, each)), ...narrowed]
    .filter((each) => category === undefined || each.category === category)
    .map((each) => withBudget(each, budgetMicroUsd));
};

/** @throws BadInput naming the keys that exist. */
export const settingOf = (key: string): SettingDefinition => {
  const definition = settingDefinition(key);
  if (definition) return definition;
  const keys = SETTING_DEFINITIONS.map((each) => each.key).join(', ');
  throw new BadInput(`key is ${JSON.stringify(key)}; accepted: ${keys}`);
};

/**
 * A change that has been found right.
 * @throws BadInput naming the key, or its accepted form for the value.
 */
export const checkedSetting = (key: string, value: unknown): SettingDefinition => {
  const definition = settingOf(key);
  if (definition.accepts(value)) return definition;
  throw new BadInput(
    `value is ${JSON.stringify(value) ?? 'missing'}; accepted: for ${key} ${definition.accepted}`,
  );
};

/** One setting with its value in force. @throws BadInput for an unknown key. */
export const getSetting = async (client: ConclaveClient, key: string): Promise<SettingView> => {
  const definition = settingOf(key);
  const all = await listSettings(client, definition.category);
  const found = all.find((each) => each.key === key);
  if (found) return found;
  const general = all.find((each) => each.key === definition.key)!;
  return { ...general, key, isDefault: true, updatedAt: null };
};

const applyBudget = async (client: ConclaveClient, value: number | null, reason: string): Promise<void> => {
  if (value === null) await client.stores.caps.removeLimit({ ...BUDGET_CAP, reason });
  else
    await client.stores.caps.setLimit({
      ...BUDGET_CAP,
      reason,
      limitMicroUsd: parseUsd(value.toFixed(6)),
      policy: null,
    });
};

const reasonOr = (reason: string | undefined, fallback: string): string => reason?.trim() || fallback;

/**
 * Changes a setting from the next decision on; the monthly budget is also the month's cap.
 * @throws BadInput naming the key or the accepted form of its value.
 */
export const changeSetting = async (
  client: ConclaveClient,
  change: { readonly key: string; readonly value: unknown; readonly reason?: string | undefined },
): Promise<void> => {
  const { key, value } = change;
  const { category } = checkedSetting(key, value);
  await checkScheduleSetting(client, key, value);
  const reason = reasonOr(change.reason, `setting ${key} changed`);
  if (key === 'monthly_budget') await applyBudget(client, value as number | null, reason);
  await client.stores.settings.set({ key, category, value, reason });
};

/** Back to the default. False when it had it. @throws BadInput for an unknown key. */
export const resetSetting = async (
  client: ConclaveClient,
  key: string,
  reason?: string,
): Promise<boolean> => {
  await checkScheduleSetting(client, key, settingOf(key).fallback);
  const why = reasonOr(reason, `setting ${key} reset`);
  const hadCap = key === 'monthly_budget' && (await monthlyBudget(client)) !== null;
  if (hadCap) await applyBudget(client, null, why);
  return (await client.stores.settings.unset(key, why)) || hadCap;
};

/** Changes, newest first. @throws BadInput for an unknown key. */
export const settingHistory = (client: ConclaveClient, key?: string, limit?: number) => {
  if (key !== undefined) settingOf(key);
  return client.stores.settings.history(key, limit);
};
