// The track record in three views: calibration, contribution, agreement; and a stored decision replayed.
import { z } from '@hono/zod-openapi';
import { contextWindows } from '../../client/context-windows';
import { categoryName, modelName, replayWeights } from '../../client/fields';
import { replayDecision } from '../../client/replay';
import { agreementView, calibrationView, contributionView } from '../../client/track-views';
import { WINDOWS } from '../../domain/track/windows';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { notFound } from '../problem';
import { idField, strategyField, textList, worldField } from '../schemas/fields';

/** Which part of a record: every view of it takes these. */
export const recordQuery = z.object({
  world: worldField.default(LIVE_WORLD),
  category: categoryName.optional(),
  window: z.enum(WINDOWS).default('all'),
});

const head = {
  world: z.string(),
  category: z.string().optional(),
  window: z.string(),
  n: z.int(),
};

const versionFields = {
  category: z.string(),
  version: z.string(),
  status: z.enum(['candidate', 'active', 'retired']),
  n: z.int(),
  trainedThrough: z.string(),
  createdAt: z.string(),
  activatedAt: z.string().nullable(),
};

const calibration = operation({
  id: 'calibration',
  method: 'get',
  path: '/api/v1/calibration',
  tag: 'track record',
  summary:
    'Calibration curve, decomposition and debiased error of each model, its dated calibrators, and the weights learnt for sizing',
  scope: 'read',
  query: recordQuery,
  response: z.object({
    ...head,
    models: z.array(
      z.object({
        model: z.string(),
        n: z.int(),
        brier: z.number(),
        ece: z.number(),
        noiseFloor: z.number(),
        debiasedEce: z.number(),
        decomposition: z.looseObject({ reliability: z.number(), resolution: z.number() }),
        bins: z.array(z.object({ n: z.int(), forecast: z.number(), outcome: z.number() })),
      }),
    ),
    calibrators: z.array(
      z.object({
        ...versionFields,
        model: z.string(),
        kind: z.string(),
        slope: z.number().nullable(),
        intercept: z.number().nullable(),
      }),
    ),
    sizingWeights: z
      .array(z.object({ ...versionFields, weight: z.number().nullable() }))
      .openapi({ description: 'Learnt weights of the members against the price in sizing' }),
  }),
  handle: async (call) => {
    const view = await calibrationView(call.context.client, call.query);
    return {
      ...view,
      models: view.models.map((model) => ({ ...model, decomposition: { ...model.decomposition } })),
    };
  },
});

const contribution = operation({
  id: 'contribution',
  method: 'get',
  path: '/api/v1/contribution',
  tag: 'track record',
  summary: 'What each model adds to the pool: Shapley values, leave-one-out, profit',
  scope: 'read',
  query: recordQuery,
  response: z.object({
    ...head,
    members: z.array(
      z.object({
        model: z.string(),
        n: z.int(),
        value: z.number(),
        standardError: z.number(),
        leaveOneOut: z.number(),
        pnlMicroUsd: z.number(),
      }),
    ),
  }),
  handle: (call) => contributionView(call.context.client, call.query),
});

const agreement = operation({
  id: 'agreement',
  method: 'get',
  path: '/api/v1/agreement',
  tag: 'track record',
  summary: 'Whether agreement between members goes with being right, by category',
  scope: 'read',
  query: recordQuery,
  response: z.object({
    ...head,
    categories: z.array(
      z.object({
        category: z.string(),
        n: z.int(),
        rho: z.number().nullable(),
        interval: z.array(z.number()).nullable(),
        wrongSideInside: z.number().nullable(),
        wrongSideOutside: z.number().nullable(),
      }),
    ),
  }),
  handle: (call) => agreementView(call.context.client, call.query),
});

const replayedSchema = z.object({
  strategy: z.string(),
  status: z.string(),
  probability: z.number().nullable(),
  selectedModel: z.string().nullable(),
  weights: z.record(z.string(), z.number()),
  reasoning: textList,
});

const replay = operation({
  id: 'replayDecision',
  method: 'post',
  path: '/api/v1/decisions/{id}/replay',
  tag: 'decisions',
  summary: 'A stored decision under another strategy or other weights; nothing is asked, paid or written',
  scope: 'read',
  params: z.object({ id: idField }),
  body: z
    .strictObject({
      strategy: strategyField.optional(),
      weights: replayWeights.default('stored'),
    })
    .openapi('ReplayRequest'),
  response: z.object({
    decisionId: z.string(),
    subject: z.string(),
    category: z.string(),
    original: z.looseObject({ strategy: z.string(), probability: z.number().nullable() }),
    replay: replayedSchema,
    strategies: z.array(replayedSchema),
    weightsUsed: z.record(z.string(), z.number()),
    members: z.array(
      z.object({
        model: z.string(),
        probability: z.number().nullable(),
        failure: z.string().nullable(),
      }),
    ),
    outcome: z.enum(['yes', 'no']).nullable(),
    costUsd: z.string(),
  }),
  handle: async ({ params: { id }, body: { strategy, weights }, context: { client } }) => {
    if (!(await client.stores.decisions.get(id))) throw notFound('decision', id);
    const document = await replayDecision(client, { decisionId: id, strategy: strategy ?? null, weights });
    return { ...document, original: { ...document.original } };
  },
});

const windows = operation({
  id: 'contextWindows',
  method: 'get',
  path: '/api/v1/windows',
  tag: 'track record',
  summary:
    'Models by volatility regime and time to expiry, shrunk toward longer windows, with n and 90 % bounds',
  scope: 'read',
  query: recordQuery.extend({ model: modelName.optional() }),
  response: z.object({
    ...head,
    rows: z.array(
      z.object({
        model: z.string(),
        regime: z.string(),
        timeToExpiry: z.string(),
        n: z.int(),
        compared: z
          .int()
          .openapi({ description: 'Of n, where another model was asked beside: skill is from these.' }),
        skill: z.number().nullable(),
        skillLow: z.number().nullable(),
        skillHigh: z.number().nullable(),
        brier: z.number().nullable(),
        brierLow: z.number().nullable(),
        brierHigh: z.number().nullable(),
        asOf: z.string(),
      }),
    ),
  }),
  handle: (call) => contextWindows(call.context.client, call.query),
});

export const trackViewOperations = [calibration, contribution, agreement, windows, replay];
