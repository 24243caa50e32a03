// The registry: list, add, edit, rate, remove.
import { z } from '@hono/zod-openapi';
import { providerName } from '../../client/fields';
import {
  addModel,
  editModel,
  isAddedAs,
  ModelExists,
  modelById,
  modelChangeInput,
  newModelInput,
  rateModel,
  ratingInput,
  removeModel,
  UnknownModel,
} from '../../client/model-input';
import { cacheMarkers } from '../../config/provider-settings';
import type { RegistryEntry } from '../../db/registry-store';
import { priceAgeDays } from '../../domain/money/prices';
import { isInstalled } from '../../domain/selection/usable';
import { operation } from '../operation';
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
    readOn: z.string().nullable(),
    ageDays: z.int().nullable(),
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
    installed: z.boolean(),
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
  installed: isInstalled(entry),
  price: entry.price && {
    validFrom: entry.price.validFrom,
    inputPer1M: entry.price.inputPer1M,
    outputPer1M: entry.price.outputPer1M,
    cachedInputPer1M: entry.price.cachedInputPer1M,
    cacheWritePer1M: entry.price.cacheWritePer1M,
    source: entry.price.source,
    readOn: entry.price.readOn ?? null,
    ageDays: priceAgeDays(entry.price, new Date().toISOString()),
  },
});

const params = z.object({ id: idField });

/** A model that is not there, or is there already, has a status of its own. */
const found = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (error instanceof UnknownModel) throw notFound('model', error.id);
    if (error instanceof ModelExists)
      throw new Refusal(
        409,
        'Exists already',
        `Model ${JSON.stringify(error.id)} exists; edit it with PATCH`,
      );
    throw error;
  });

const list = operation({
  id: 'listModels',
  method: 'get',
  path: '/api/v1/models',
  tag: 'models',
  summary: 'The models Conclave knows, with quality and price',
  scope: 'read',
  query: z.object({ provider: providerName.optional() }),
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
  body: newModelInput,
  response: modelSchema,
  handle: async ({ body, begunBefore, context: { client, keysPresent, providers } }) => {
    const model = { input: body, cacheMarkers: cacheMarkers(providers) };
    const stored = begunBefore ? await client.stores.registry.get(body.id) : null;
    const isOwn = stored !== null && isAddedAs(stored, model);
    return view(isOwn ? stored : await found(addModel(client, model)), keysPresent);
  },
});

const show = operation({
  id: 'model',
  method: 'get',
  path: '/api/v1/models/{id}',
  tag: 'models',
  summary: 'One model',
  scope: 'read',
  params,
  response: modelSchema,
  handle: async ({ params: { id }, context: { client, keysPresent } }) =>
    view(await found(modelById(client, id)), keysPresent),
});

const edit = operation({
  id: 'editModel',
  method: 'patch',
  path: '/api/v1/models/{id}',
  tag: 'models',
  summary: 'Changes fields of a model',
  scope: 'admin',
  params,
  body: modelChangeInput,
  response: modelSchema,
  handle: async ({ params: { id }, body, context: { client, keysPresent, providers } }) =>
    view(await found(editModel(client, id, body, cacheMarkers(providers))), keysPresent),
});

const rate = operation({
  id: 'rateModel',
  method: 'post',
  path: '/api/v1/models/{id}/ratings',
  tag: 'models',
  summary: 'Says how well a model did a task, which moves the quality it has earned',
  scope: 'run',
  status: 201,
  keyed: true,
  params,
  body: ratingInput,
  response: z.object({
    modelId: z.string(),
    task: z.string(),
    rating: z.number(),
    note: z.string(),
    ratedAt: z.string(),
  }),
  handle: ({ params: { id }, body, onceKey, context: { client } }) =>
    found(rateModel(client, id, body, onceKey)),
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
    await found(removeModel(client, id));
    return { removed: id };
  },
});

export const modelOperations = [list, add, show, edit, rate, remove];
