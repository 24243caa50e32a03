// Money: what was spent, what the caps hold and allow, and when the month's budget ends at this rate.
import { z } from '@hono/zod-openapi';
import { removeBudget, resetBudget, setBudget as setBudgetLimit } from '../../client/budget';
import { budgetChangeInput, budgetTargetInput, checkedTarget } from '../../client/budget-input';
import type { ConclaveClient } from '../../client/connect';
import { categoryName, dayOrInstant, spendGroup } from '../../client/fields';
import { monthlyBudget } from '../../client/settings';
import { skillCostDocument } from '../../client/skill-cost';
import { spendBy, spendRange } from '../../client/spend';
import { monthOutlook } from '../../domain/money/burn-rate';
import { formatUsd, parseUsd } from '../../domain/money/micro-usd';
import { savingsInUsd } from '../../domain/money/savings';
import { WINDOWS } from '../../domain/track/windows';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { present } from '../present';
import { usdOut, worldField } from '../schemas/fields';

/** By cause; each against what the same work would have cost without it. */
const savedSchema = z
  .object({
    sharedBriefsUsd: usdOut,
    siblingModelUsd: usdOut,
    cascadeUsd: usdOut,
    promptCacheUsd: usdOut,
    similarQuestionsUsd: usdOut,
    totalUsd: usdOut,
  })
  .openapi('Savings');

const flagField = z.enum(['true', 'false']).default('false');

const spend = operation({
  id: 'spend',
  method: 'get',
  path: '/api/v1/spend',
  tag: 'money',
  summary: 'What was spent, by model, provider, category, feature or time, and what was saved by which cause',
  scope: 'read',
  query: z.object({
    by: spendGroup.default('model'),
    from: dayOrInstant.optional(),
    to: dayOrInstant.optional(),
    world: worldField.optional().openapi({ description: 'Default: all worlds' }),
    unbilled: flagField.openapi({ description: 'Also count house and recorded calls' }),
  }),
  response: z.object({
    by: z.string(),
    rows: z.array(
      z.object({
        group: z.string(),
        calls: z.int(),
        spentUsd: usdOut,
        heldUsd: usdOut,
        inputTokens: z.int(),
        cachedInputTokens: z.int(),
        outputTokens: z.int(),
      }),
    ),
    saved: savedSchema,
  }),
  handle: async ({ query: { by, unbilled, ...given }, context: { client } }) => {
    const range = spendRange({ ...present(given), includeUnbilled: unbilled === 'true' });
    const { rows, saved } = await spendBy(client, by, range);
    return {
      by,
      rows: rows.map(({ settledMicroUsd, heldMicroUsd, ...row }) => ({
        ...row,
        spentUsd: formatUsd(settledMicroUsd),
        heldUsd: formatUsd(heldMicroUsd),
      })),
      saved: savingsInUsd(saved),
    };
  },
});

const skillCost = operation({
  id: 'skillCost',
  method: 'get',
  path: '/api/v1/spend/skill',
  tag: 'money',
  summary: 'What skill costs, by model, category and window; a point is 0.01 of Brier score',
  scope: 'read',
  query: z.object({
    world: worldField.default(LIVE_WORLD),
    window: z.enum(WINDOWS).optional(),
    category: categoryName.optional(),
  }),
  response: z.object({
    by: z.literal('skill'),
    world: z.string(),
    rows: z.array(
      z.object({
        model: z.string(),
        category: z.string().openapi({ description: '`*`: all together' }),
        window: z.enum(WINDOWS),
        n: z.int(),
        skill: z.number(),
        skillLow: z.number(),
        costPerForecastUsd: usdOut.nullable(),
        costPerPointUsd: usdOut.nullable(),
        pointsPerUsd: z.number().nullable(),
      }),
    ),
  }),
  handle: async ({ query, context: { client } }) => skillCostDocument(client, query),
});

const limitSchema = z.object({ scope: z.string(), key: z.string(), limitUsd: usdOut, policy: z.string() });

const budgetSchema = z
  .object({
    month: z.string(),
    spentUsd: usdOut,
    limitUsd: usdOut.nullable(),
    ratePerDayUsd: usdOut,
    atMonthEndUsd: usdOut,
    endsOn: z.string().nullable(),
    days: z.array(z.object({ day: z.string(), spentUsd: usdOut })),
    limits: z.array(limitSchema),
    caps: z.array(
      limitSchema.extend({
        period: z.string(),
        spentUsd: usdOut,
        heldUsd: usdOut,
        overrunUsd: usdOut,
        remainingUsd: usdOut,
      }),
    ),
  })
  .openapi('Budget');

const budgetView = async (client: ConclaveClient): Promise<z.input<typeof budgetSchema>> => {
  const today = new Date().toISOString().slice(0, 10);
  const month = today.slice(0, 7);
  const [spends, limit, limits, caps] = await Promise.all([
    client.stores.spend.recentDays(today),
    monthlyBudget(client),
    client.stores.caps.limits(),
    client.stores.caps.status(),
  ]);
  const outlook = monthOutlook(spends, limit, today);
  return {
    month,
    spentUsd: formatUsd(outlook.spentMicroUsd),
    limitUsd: limit === null ? null : formatUsd(limit),
    ratePerDayUsd: formatUsd(outlook.ratePerDayMicroUsd),
    atMonthEndUsd: formatUsd(outlook.atMonthEndMicroUsd),
    endsOn: outlook.endsOn,
    days: spends.map(({ day, spentMicroUsd }) => ({ day, spentUsd: formatUsd(spentMicroUsd) })),
    limits: limits.map(({ limitMicroUsd, ...one }) => ({ ...one, limitUsd: formatUsd(limitMicroUsd) })),
    caps: caps.map((cap) => ({
      scope: cap.scope,
      key: cap.key,
      period: cap.period,
      policy: cap.policy,
      limitUsd: formatUsd(cap.limitMicroUsd),
      spentUsd: formatUsd(cap.spentMicroUsd),
      heldUsd: formatUsd(cap.heldMicroUsd),
      overrunUsd: formatUsd(cap.overrunMicroUsd),
      remainingUsd: formatUsd(cap.remainingMicroUsd),
    })),
  };
};

const budget = operation({
  id: 'budget',
  method: 'get',
  path: '/api/v1/budget',
  tag: 'money',
  summary: "The month's budget with its forecast, all limits and open caps",
  scope: 'read',
  response: budgetSchema,
  handle: ({ context: { client } }) => budgetView(client),
});

const setBudget = operation({
  id: 'setBudget',
  method: 'put',
  path: '/api/v1/budget',
  tag: 'money',
  summary: 'Sets or removes a limit; the reason is kept',
  scope: 'admin',
  body: budgetChangeInput,
  response: budgetSchema,
  handle: async ({ body, context: { client } }) => {
    const { limitUsd, policy, ...target } = checkedTarget(body);
    if (limitUsd === null) await removeBudget(client, target);
    else
      await setBudgetLimit(client, { ...target, policy: policy ?? null, limitMicroUsd: parseUsd(limitUsd) });
    return budgetView(client);
  },
});

const resetRunning = operation({
  id: 'resetBudget',
  method: 'post',
  path: '/api/v1/budget/reset',
  tag: 'money',
  summary: 'Closes the running books of a limit, so that it begins anew at zero; the reason is kept',
  scope: 'admin',
  keyed: true,
  body: budgetTargetInput.openapi('BudgetReset'),
  response: budgetSchema,
  handle: async ({ body, onceKey, context: { client } }) => {
    await resetBudget(client, checkedTarget(body), onceKey);
    return budgetView(client);
  },
});

export const moneyOperations = [spend, skillCost, budget, setBudget, resetRunning];
