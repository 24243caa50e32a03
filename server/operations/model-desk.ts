// The model desk under its known paths and shapes (requirement D6): names and units are those that callers expect.
import { z } from '@hono/zod-openapi';
import type { ConclaveClient } from '../../client/connect';
import { BadInput } from '../../client/inputs';
import { changeSetting, listSettings, monthlyBudget } from '../../client/settings';
import {
  capabilitiesShape,
  currentSpendShape,
  estimateCostShape,
  estimatePlan,
  recommendationsShape,
  type TierChoice,
} from '../../domain/selection/estimates';
import { TASK_TYPES } from '../../domain/selection/tasks';
import { TIERS } from '../../domain/selection/tiers';
import { SETTING_CATEGORIES } from '../../domain/settings/setting-definitions';
import type { ServerContext } from '../context';
import { operation } from '../operation';
import { notFound } from '../problem';
import { settingRequest } from './settings';

const TAG = 'model desk';

const settingsByKey = async (
  client: ConclaveClient,
  category: string,
): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries((await listSettings(client, category)).map(({ key, value }) => [key, value]));

const choiceOf = async (context: ServerContext): Promise<TierChoice> => {
  const [models, settings] = await Promise.all([
    context.client.stores.registry.list(),
    settingsByKey(context.client, 'orchestrator'),
  ]);
  return { models, keysPresent: context.keysPresent, preferLocal: settings.prefer_local === true };
};

const capabilities = operation({
  id: 'capabilities',
  method: 'get',
  path: '/orchestrator/capabilities',
  tag: TAG,
  summary: 'The models with quality, price and strengths',
  scope: 'read',
  response: z.object({
    models: z.array(
      z.object({
        model_id: z.string(),
        display_name: z.string(),
        provider: z.string(),
        quality_score: z.number(),
        cost_per_1m_input: z.number().nullable(),
        cost_per_1m_output: z.number().nullable(),
        strengths: z.array(z.string()),
        speed: z.string(),
        local_only: z.boolean(),
        context_window: z.int(),
        requires_api_key: z.boolean(),
        available: z.boolean(),
      }),
    ),
  }),
  handle: async ({ context }) => {
    const { models, keysPresent } = await choiceOf(context);
    return capabilitiesShape(
      models.filter((model) => !model.statistical),
      keysPresent,
    );
  },
});

const estimateCost = operation({
  id: 'estimateCost',
  method: 'post',
  path: '/orchestrator/estimate-cost',
  tag: TAG,
  summary: 'What so many tasks of each type would cost at a tier, in US dollars',
  scope: 'read',
  body: z
    .strictObject({
      quality_tier: z.enum(TIERS).default('balanced'),
      estimated_usage: z.record(z.string().max(64), z.int().min(0).max(1_000_000_000)),
    })
    .openapi('EstimateRequest'),
  response: z.object({
    total_cost: z.number(),
    by_task: z.record(z.string(), z.number()),
    by_model: z.record(z.string(), z.number()),
    impossible_tasks: z.array(z.string()),
  }),
  handle: async ({ body, context }) =>
    estimateCostShape(
      estimatePlan({ ...(await choiceOf(context)), tier: body.quality_tier, usage: body.estimated_usage }),
    ),
});

const recommended = z
  .object({
    model_id: z.string(),
    display_name: z.string(),
    provider: z.string(),
    quality_score: z.number(),
    local_only: z.boolean(),
    estimated_cost: z.number(),
    reason: z.string(),
  })
  .nullable();

const recommendations = operation({
  id: 'recommendations',
  method: 'get',
  path: '/orchestrator/recommendations/{task_type}',
  tag: TAG,
  summary: 'The model for a task type at each tier',
  scope: 'read',
  params: z.object({ task_type: z.string().min(1).max(64) }),
  response: z.object({
    task_type: z.string(),
    recommendations: z.object({ budget: recommended, balanced: recommended, premium: recommended }),
  }),
  handle: async ({ params, context }) => {
    if (!TASK_TYPES.some(({ type }) => type === params.task_type))
      throw notFound('task type', params.task_type);
    return recommendationsShape(params.task_type, await choiceOf(context));
  },
});

const currentSpend = operation({
  id: 'currentSpend',
  method: 'get',
  path: '/orchestrator/current-spend',
  tag: TAG,
  summary: "This month's spending, budget and remainder in US dollars",
  scope: 'read',
  response: z.object({
    current_month: z.string(),
    spend: z.number(),
    budget: z.number().nullable(),
    budget_remaining: z.number().nullable(),
  }),
  handle: async ({ context: { client } }) => {
    const month = new Date().toISOString().slice(0, 7);
    const [total, budgetMicroUsd] = await Promise.all([
      client.stores.spend.total({ from: `${month}-01T00:00:00.000Z` }),
      monthlyBudget(client),
    ]);
    return currentSpendShape({ month, spentMicroUsd: total.settledMicroUsd, budgetMicroUsd });
  },
});

const setSetting = operation({
  id: 'setSetting',
  method: 'post',
  path: '/settings',
  tag: TAG,
  summary: 'Changes one setting',
  scope: 'admin',
  body: settingRequest,
  response: z.object({ key: z.string(), value: z.unknown() }),
  handle: async ({ body, context: { client } }) => {
    await changeSetting(client, body);
    return { key: body.key, value: body.value };
  },
});

const settingsOfCategory = operation({
  id: 'settingsOfCategory',
  method: 'get',
  path: '/settings/category/{category}',
  tag: TAG,
  summary: 'The settings of one category by key, such as those of the model desk (orchestrator)',
  scope: 'read',
  params: z.object({ category: z.string().min(1).max(64) }),
  response: z.record(z.string(), z.unknown()),
  handle: async ({ params: { category }, context: { client } }) => {
    if (!SETTING_CATEGORIES.some((each) => each === category))
      throw new BadInput(
        `category is ${JSON.stringify(category)}; accepted: ${SETTING_CATEGORIES.join(', ')}`,
      );
    return settingsByKey(client, category);
  },
});

export const modelDeskOperations = [
  capabilities,
  estimateCost,
  recommendations,
  currentSpend,
  setSetting,
  settingsOfCategory,
];
