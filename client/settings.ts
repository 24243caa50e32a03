// Run-time settings: what each accepts and is by default, and how a change is written (requirement D7).
import { z } from 'zod';
import { STRATEGY_NAMES } from '../domain/ensemble/strategy';
import { parseUsd } from '../domain/money/micro-usd';
import { TASK_TYPES } from '../domain/selection/tasks';
import { TIERS } from '../domain/selection/tiers';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

interface SettingForm {
  readonly category: 'orchestrator' | 'desk';
  readonly schema: z.ZodType;
  /** The accepted form in words, for errors and for pages. */
  readonly accepted: string;
  readonly fallback: unknown;
}

const orchestrator = (schema: z.ZodType, accepted: string, fallback: unknown): SettingForm => ({
  category: 'orchestrator',
  schema,
  accepted,
  fallback,
});

const flag = (fallback: boolean): SettingForm => orchestrator(z.boolean(), 'true or false', fallback);

const usd = z.number().min(0).max(999_999_999).nullable();

/** Every setting that may be changed at run time. */
export const SETTING_FORMS: Readonly<Record<string, SettingForm>> = {
  enabled: flag(false),
  quality_tier: orchestrator(z.enum(TIERS), `one of ${TIERS.join(', ')}`, 'balanced'),
  monthly_budget: orchestrator(usd, 'US dollars a month, 0 or more, or null for none', null),
  prefer_local: flag(false),
  ensemble_decisions: flag(true),
  ensemble_tasks: flag(false),
  task_models: orchestrator(
    z.partialRecord(
      z.enum(TASK_TYPES.map((task) => task.type) as [string, ...string[]]),
      z.string().max(200),
    ),
    'an object of task types with model ids, such as {"summary": "llama3.2"}',
    {},
  ),
  ...Object.fromEntries(STRATEGY_NAMES.map((name) => [`strategy_${name}`, flag(true)])),
  desk_equity_usd: {
    category: 'desk',
    schema: z.number().positive().max(999_999_999),
    accepted: 'US dollars above 0, such as 10000',
    fallback: 10_000,
  },
};

export interface SettingView {
  readonly key: string;
  readonly category: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly accepted: string;
  readonly updatedAt: string | null;
}

/** Every setting with its value in force. */
export const listSettings = async (
  client: ConclaveClient,
  category?: string,
): Promise<readonly SettingView[]> => {
  const stored = new Map((await client.stores.settings.list()).map((row) => [row.key, row]));
  return Object.entries(SETTING_FORMS)
    .filter(([, form]) => category === undefined || form.category === category)
    .map(([key, form]) => {
      const row = stored.get(key);
      return {
        key,
        category: form.category,
        value: row ? row.value : form.fallback,
        isDefault: !row,
        accepted: form.accepted,
        updatedAt: row?.updatedAt ?? null,
      };
    });
};

/** The value in force of one setting. @throws BadInput for an unknown key. */
export const settingForm = (key: string): SettingForm => {
  const form = Object.hasOwn(SETTING_FORMS, key) ? SETTING_FORMS[key] : undefined;
  if (form) return form;
  throw new BadInput(`key is ${JSON.stringify(key)}; accepted: ${Object.keys(SETTING_FORMS).join(', ')}`);
};

const applyBudget = async (client: ConclaveClient, value: number | null, reason: string): Promise<void> => {
  const target = { scope: 'month', key: '*', reason } as const;
  if (value === null) await client.stores.caps.removeLimit(target);
  else
    await client.stores.caps.setLimit({
      ...target,
      limitMicroUsd: parseUsd(value.toFixed(6)),
      policy: 'stop',
    });
};

/**
 * Changes a setting from the next decision on; the monthly budget is also the month's cap.
 * @throws BadInput naming the key or the accepted form of its value.
 */
export const changeSetting = async (
  client: ConclaveClient,
  change: { readonly key: string; readonly value: unknown; readonly reason?: string | undefined },
): Promise<void> => {
  const form = settingForm(change.key);
  const parsed = form.schema.safeParse(change.value);
  if (!parsed.success)
    throw new BadInput(`value is ${JSON.stringify(change.value) ?? 'missing'}; accepted: ${form.accepted}`);
  const reason = change.reason?.trim() || `setting ${change.key} changed`;
  if (change.key === 'monthly_budget') await applyBudget(client, parsed.data as number | null, reason);
  await client.stores.settings.set({ key: change.key, category: form.category, value: parsed.data, reason });
};

/** Micro-dollars of the month's cap, or null without one. */
export const monthlyBudget = async (client: ConclaveClient): Promise<number | null> => {
  const limits = await client.stores.caps.limits();
  return limits.find((limit) => limit.scope === 'month' && limit.key === '*')?.limitMicroUsd ?? null;
};
