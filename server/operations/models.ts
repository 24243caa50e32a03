// The registry: list, add, edit, remove; and who provides the models, with health, breakers and the mode.
import { z } from '@hono/zod-openapi';
import type { RegistryEntry } from '../../db/registry-store';
import { parseUsd } from '../../domain/money/micro-usd';
import { SPEEDS, STRENGTHS } from '../../domain/selection/model';
import { editedEntry, parseModelEntry } from '../../domain/selection/registry';
import { operation } from '../operation';
import { present } from '../present';
import { notFound, Refusal } from '../problem';
import { idField } from '../schemas/fields';

const priceSchema = z
  .object({
    validFrom: z.string(),
    inputPer1M: z.int(),
    outputPer1M: z.int(),
    cachedInputPer1M: z.int().nullable(),
    cacheWritePer1M: z.int().nullable(),
    source: z.string(),
  })
  .openapi({ description: 'Whole micro-dollars per 1M tokens' });

const modelSchema = z
  .object({
    id: z.string(),
    provider: z.string(),
    providerModel: z.string(),
    displayName: z.string(),
    quality: z.number(),
    contextTokens: z.int(),
    maxOutputTokens: z.int(),
    strengths: z.array(z.string()),
    speed: z.string(),
    local: z.boolean(),
    statistical: z.boolean(),
    keyName: z.string().nullable(),
    hasKey: z.boolean(),
    researchSibling: z.string().nullable(),
    version: z.string(),
    origin: z.string(),
    price: priceSchema.nullable(),
  })
  .openapi('Model');

const view = (entry: RegistryEntry, keysPresent: ReadonlySet<string>) => ({
  id: entry.id,
  provider: entry.provider,
  providerModel: entry.providerModel,
  displayName: entry.displayName,
  quality: entry.quality,
  contextTokens: entry.contextTokens,
  maxOutputTokens: entry.maxOutputTokens,
  strengths: entry.strengths,
  speed: entry.speed,
  local: entry.local,
  statistical: entry.statistical,
  keyName: entry.keyName,
  hasKey: entry.keyName === null || keysPresent.has(entry.keyName),
  researchSibling: entry.researchSibling,
  version: entry.version,
  origin: entry.origin,
  price: entry.price && {
    validFrom: entry.price.validFrom,
    inputPer1M: entry.price.inputPer1M,
    outputPer1M: entry.price.outputPer1M,
    cachedInputPer1M: entry.price.cachedInputPer1M,
    cacheWritePer1M: entry.price.cacheWritePer1M,
    source: entry.price.source,
  },
});

const usdPer1M = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/, 'accepted: US dollars per 1M tokens as text, such as "0.15"');

const priceRequest = z.strictObject({
  inputUsdPer1M: usdPer1M,
  outputUsdPer1M: usdPer1M,
  cachedInputUsdPer1M: usdPer1M.optional(),
  source: z.string().min(1).max(300).default('entered by hand'),
});

const fields = {
  providerModel: z.string().min(1).max(128),
  displayName: z.string().min(1).max(200),
  quality: z.number().min(0).max(10),
  contextTokens: z.int().min(256).max(100_000_000),
  maxOutputTokens: z.int().min(1).max(10_000_000),
  strengths: z.array(z.enum(STRENGTHS)),
  speed: z.enum(SPEEDS),
  local: z.boolean(),
  keyName: z.string().max(100).nullable(),
  researchSibling: z.string().max(128).nullable(),
  version: z.string().min(1).max(100),
  price: priceRequest.nullable(),
};

const newModel = z
  .strictObject({
    id: z.string().min(1).max(128),
    provider: z.string().min(1).max(64),
    ...fields,
    contextTokens: fields.contextTokens.default(32_000),
    maxOutputTokens: fields.maxOutputTokens.default(4_096),
    strengths: fields.strengths.default([]),
    speed: fields.speed.default('medium'),
    local: fields.local.default(false),
    keyName: fields.keyName.default(null),
    researchSibling: fields.researchSibling.default(null),
    version: fields.version.default('1'),
    price: fields.price.default(null),
  })
  .partial({ providerModel: true, displayName: true })
  .openapi('NewModel');

const priceOf = (price: z.output<typeof priceRequest> | null) =>
  price && {
    validFrom: new Date().toISOString(),
    inputPer1M: parseUsd(price.inputUsdPer1M),
    outputPer1M: parseUsd(price.outputUsdPer1M),
    cachedInputPer1M: price.cachedInputUsdPer1M === undefined ? null : parseUsd(price.cachedInputUsdPer1M),
    cacheWritePer1M: null,
    longContext: null,
    source: price.source,
  };

const params = z.object({ id: idField });

const list = operation({
  id: 'listModels',
  method: 'get',
  path: '/api/v1/models',
  tag: 'models',
  summary: 'The models Conclave knows, with quality and price',
  scope: 'read',
  query: z.object({ provider: z.string().max(64).optional() }),
  response: z.object({ models: z.array(modelSchema) }),
  handle: async ({ query, context: { client, keysPresent } }) => ({
    models: (await client.stores.registry.list())
      .filter((entry) => query.provider === undefined || entry.provider === query.provider)
      .map((entry) => view(entry, keysPresent)),
  }),
});

const add = operation({
  id: 'addModel',
  method: 'post',
  path: '/api/v1/models',
  tag: 'models',
  summary: 'Adds a model of your own',
  scope: 'admin',
  status: 201,
  keyed: true,
  body: newModel,
  response: modelSchema,
  handle: async ({ body, context: { client, keysPresent } }) => {
    if (await client.stores.registry.get(body.id))
      throw new Refusal(409, 'Exists already', `Model ${JSON.stringify(body.id)} exists; edit it with PATCH`);
    const entry = parseModelEntry({
      ...body,
      providerModel: body.providerModel ?? body.id,
      displayName: body.displayName ?? body.id,
      statistical: false,
      price: priceOf(body.price),
    });
    await client.stores.registry.upsert(entry, 'user');
    return view({ ...entry, origin: 'user' }, keysPresent);
  },
});

const edit = operation({
  id: 'editModel',
  method: 'patch',
  path: '/api/v1/models/{id}',
  tag: 'models',
  summary: 'Changes fields of a model',
  scope: 'admin',
  params,
  body: z.strictObject(fields).partial().openapi('ModelChange'),
  response: modelSchema,
  handle: async ({ params: { id }, body, context: { client, keysPresent } }) => {
    const stored = await client.stores.registry.get(id);
    if (!stored) throw notFound('model', id);
    const { price, ...rest } = body;
    const { origin: _origin, ...entry } = stored;
    const change = { ...present(rest), ...(price === undefined ? {} : { price: priceOf(price) }) };
    await client.stores.registry.upsert(editedEntry(entry, change), 'user');
    return view((await client.stores.registry.get(id))!, keysPresent);
  },
});

const remove = operation({
  id: 'removeModel',
  method: 'delete',
  path: '/api/v1/models/{id}',
  tag: 'models',
  summary: 'Hides a model; its record stays',
  scope: 'admin',
  params,
  response: z.object({ removed: z.string() }),
  handle: async ({ params: { id }, context: { client } }) => {
    if (!(await client.stores.registry.remove(id))) throw notFound('model', id);
    return { removed: id };
  },
});

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
        ready: z.boolean(),
        origin: z.string(),
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
    const [mode, observed, breakers] = await Promise.all([
      client.stores.modes.current(),
      client.stores.health.list(),
      client.stores.breakers.list(),
    ]);
    return {
      mode: {
        mode: mode?.mode ?? 'normal',
        reason: mode?.reason ?? 'nothing is out',
        manual: mode?.manual ?? false,
        enteredAt: mode?.enteredAt ?? null,
      },
      providers: [
        { name: 'house', kind: 'statistics', keyName: null, ready: true, origin: 'built in' },
        ...configured.map(({ name, kind, keyName, enabled, hasKey, origin }) => ({
          name,
          kind,
          keyName,
          ready: enabled && (hasKey || keyName === null),
          origin,
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

export const modelOperations = [list, add, edit, remove, providers];
