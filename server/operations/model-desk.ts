// The model desk under its known paths and shapes (requirement D6), and the same under /api/v1: names and units are
// those that callers expect.
import { z } from '@hono/zod-openapi';
import type { ConclaveClient } from '../../client/connect';
import { settingCategory, shortWord } from '../../client/fields';
import { capabilities, currentSpend, estimateTasks, openDesk, recommend } from '../../client/model-desk';
import { planInput } from '../../client/plan-input';
import { changeSetting, listSettings } from '../../client/settings';
import { taskType } from '../../domain/selection/tasks';
import type { ServerContext } from '../context';
import { operation } from '../operation';
import { Refusal } from '../problem';
import { settingRequest } from './settings';

const TAG = 'model desk';

const settingsByKey = async (
  client: ConclaveClient,
  category: string,
): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries((await listSettings(client, category)).map(({ key, value }) => [key, value]));

const desk = ({ client, keysPresent }: ServerContext) => openDesk(client, keysPresent);

interface Place {
  readonly prefix: '' | '/api/v1';
  /** Of operation ids, which are unique. */
  readonly suffix: '' | 'V1';
}

const capabilitiesAt = ({ prefix, suffix }: Place) =>
  operation({
    id: `capabilities${suffix}`,
    method: 'get',
    path: `${prefix}/orchestrator/capabilities`,
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
          learned_quality: z.record(z.string(), z.number()),
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
    handle: async ({ context }) => capabilities(await desk(context)),
  });

const estimateCostAt = ({ prefix, suffix }: Place) =>
  operation({
    id: `estimateCost${suffix}`,
    method: 'post',
    path: `${prefix}/orchestrator/estimate-cost`,
    tag: TAG,
    summary: 'What so many tasks of each type would cost at a tier or on one model, in US dollars',
    scope: 'read',
    body: planInput,
    response: z.object({
      quality_tier: z.string(),
      total_cost: z.number(),
      by_task: z.record(z.string(), z.number()),
      by_model: z.record(z.string(), z.number()),
      impossible_tasks: z.array(z.string()),
      per_month: z.number(),
    }),
    handle: async ({ body, context }) =>
      estimateTasks(await desk(context), {
        tier: body.quality_tier ?? null,
        usage: body.estimated_usage,
        period: body.period,
        onlyModel: body.model,
      }),
  });

const recommended = z
  .object({
    model_id: z.string(),
    display_name: z.string(),
    provider: z.string(),
    quality_score: z.number(),
    seed_quality: z.number(),
    local_only: z.boolean(),
    estimated_cost: z.number(),
    reason: z.string(),
  })
  .nullable();

/** @throws Refusal 404 in the words of the command. */
const knownTask = (type: string): string => {
  try {
    return taskType(type).type;
  } catch (error) {
    throw error instanceof RangeError
      ? new Refusal(404, 'Not found', error.message.replace(/^task /, 'task_type '))
      : error;
  }
};

const recommendationsAt = ({ prefix, suffix }: Place) =>
  operation({
    id: `recommendations${suffix}`,
    method: 'get',
    path: `${prefix}/orchestrator/recommendations/{task_type}`,
    tag: TAG,
    summary: 'The model for a task type at each tier',
    scope: 'read',
    params: z.object({ task_type: shortWord.min(1) }),
    response: z.object({
      task_type: z.string(),
      recommendations: z.object({ budget: recommended, balanced: recommended, premium: recommended }),
    }),
    handle: async ({ params, context }) => {
      const type = knownTask(params.task_type);
      return recommend(await desk(context), type);
    },
  });

const currentSpendAt = ({ prefix, suffix }: Place) =>
  operation({
    id: `currentSpend${suffix}`,
    method: 'get',
    path: `${prefix}/orchestrator/current-spend`,
    tag: TAG,
    summary: "This month's spending, budget and remainder in US dollars",
    scope: 'read',
    response: z.object({
      current_month: z.string(),
      spend: z.number(),
      budget: z.number().nullable(),
      budget_remaining: z.number().nullable(),
    }),
    handle: ({ context: { client } }) => currentSpend(client),
  });

const PLACES: readonly Place[] = [
  { prefix: '', suffix: '' },
  { prefix: '/api/v1', suffix: 'V1' },
];

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
  params: z.object({ category: settingCategory }),
  response: z.record(z.string(), z.unknown()),
  handle: ({ params: { category }, context: { client } }) => settingsByKey(client, category),
});

export const modelDeskOperations = [
  ...PLACES.flatMap((place) => [
    capabilitiesAt(place),
    estimateCostAt(place),
    recommendationsAt(place),
    currentSpendAt(place),
  ]),
  setSetting,
  settingsOfCategory,
];
