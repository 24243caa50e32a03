// Who provides the models: who can be called, health, breakers and the mode in force.
import { z } from '@hono/zod-openapi';
import { modeReason } from '../../client/fields';
import { haltProviders, providerFigures, resumeProviders } from '../../client/providers';
import { operation } from '../operation';

const health = z.object({
  provider: z.string(),
  model: z.string(),
  available: z.boolean(),
  availability: z.number(),
  consecutiveFailures: z.int(),
  averageResponseTimeMs: z.number().nullable(),
  lastFailure: z.string().nullable(),
  lastCheckAt: z.string(),
});

/** Of the last 24 hours, over all models of a provider. */
const figures = {
  availability: z.number().nullable().openapi({ description: 'Share of good calls and checks' }),
  observations: z.int(),
  p50Ms: z.number().nullable().openapi({ description: 'Of answered calls; null without any' }),
  p90Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
};

const providers = operation({
  id: 'listProviders',
  method: 'get',
  path: '/api/v1/providers',
  tag: 'providers',
  summary: 'Who can be called and who cannot, with health, breakers and the mode in force',
  scope: 'read',
  response: z.object({
    mode: z.object({
      mode: z.string(),
      reason: z.string(),
      manual: z.boolean(),
      enteredAt: z.string().nullable(),
    }),
    providers: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        keyName: z.string().nullable(),
        enabled: z.boolean(),
        ready: z.boolean(),
        origin: z.string(),
        ...figures,
      }),
    ),
    health: z.array(health),
    breakers: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        status: z.string(),
        retryAt: z.string().nullable(),
        updatedAt: z.string(),
      }),
    ),
  }),
  handle: async ({ context: { client, providers: configured } }) => {
    const [mode, observed, breakers, figuresOf] = await Promise.all([
      client.stores.modes.current(),
      client.stores.health.list(),
      client.stores.breakers.list(),
      providerFigures(client),
    ]);
    const house = {
      name: 'house',
      kind: 'statistics',
      keyName: null,
      enabled: true,
      ready: true,
      origin: 'built in',
    };
    return {
      mode: {
        mode: mode?.mode ?? 'normal',
        reason: mode?.reason ?? 'nothing is out',
        manual: mode?.manual ?? false,
        enteredAt: mode?.enteredAt ?? null,
      },
      providers: [
        { ...house, ...figuresOf(house.name) },
        ...configured.map(({ name, kind, keyName, enabled, hasKey, origin }) => ({
          name,
          kind,
          keyName,
          enabled,
          ready: enabled && (hasKey || keyName === null),
          origin,
          ...figuresOf(name),
        })),
      ],
      health: observed,
      breakers: breakers.map(({ provider, model, state, updatedAt }) => ({
        provider,
        model,
        status: state.status,
        retryAt: state.retryAt ?? null,
        updatedAt,
      })),
    };
  },
});

const modeSchema = {
  mode: z.string(),
  manual: z.boolean(),
  reason: z.string(),
  since: z.string().nullable(),
};
const body = z.strictObject({ reason: modeReason });

const halt = operation({
  id: 'haltProviders',
  method: 'post',
  path: '/api/v1/providers/halt',
  tag: 'providers',
  summary: 'The kill switch: no language model is called and nothing is traded until it is lifted',
  scope: 'admin',
  body,
  response: z.object(modeSchema),
  handle: ({ body: { reason }, context: { client } }) => haltProviders(client, reason, 'API'),
});

const resume = operation({
  id: 'resumeProviders',
  method: 'post',
  path: '/api/v1/providers/resume',
  tag: 'providers',
  summary: 'Lifts a halt',
  scope: 'admin',
  body,
  response: z.object({
    ...modeSchema,
    changed: z.boolean().openapi({ description: 'False where nothing was halted' }),
  }),
  handle: ({ body: { reason }, context: { client } }) => resumeProviders(client, reason, 'API'),
});

export const providerOperations = [providers, halt, resume];
