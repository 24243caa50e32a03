// Models that people add, edit and rate: what each field accepts, for the API and for commands alike.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { RegistryEntry } from '../db/registry-store';
import { parseUsd } from '../domain/money/micro-usd';
import { type PriceByHand, ratesNotTyped } from '../domain/money/price-by-hand';
import { type ModelEntry, type ModelPrice, SPEEDS, STRENGTHS } from '../domain/selection/model';
import { editedEntry, parseModelEntry } from '../domain/selection/registry';
import { TASK_TYPES } from '../domain/selection/tasks';
import { type IsoInstant, LIVE_WORLD } from '../domain/world';
import type { ConclaveClient } from './connect';
import { shortNote, taskRating } from './fields';
import { BadInput } from './inputs';

const usdPer1M = z
  .string('accepted: US dollars per 1M tokens as text, such as "0.15"')
  .regex(/^\d{1,6}(\.\d{1,6})?$/, 'accepted: US dollars per 1M tokens as text, such as "0.15"');

const priceInput = z.strictObject({
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
  price: priceInput.nullable(),
};

/** A model of one's own; everything but id, provider and quality has a default. */
export const newModelInput = z
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
  .partial({ providerModel: true, displayName: true });

/** Fields to change; the others stay. */
export const modelChangeInput = z.strictObject(fields).partial();

/** How well a model did a task. */
export const ratingInput = z.strictObject({
  task: z.enum(TASK_TYPES.map(({ type }) => type) as [string, ...string[]]),
  rating: taskRating,
  note: shortNote.default(''),
});

/** Valid from now by the clock that calls are priced by: this machine's may be ahead of it. */
const priceOf = (
  price: z.output<typeof priceInput>,
  now: IsoInstant,
  { before, marksCache }: Pick<PriceByHand, 'before' | 'marksCache'>,
): ModelPrice => {
  const rates = { inputPer1M: parseUsd(price.inputUsdPer1M), outputPer1M: parseUsd(price.outputUsdPer1M) };
  return {
    validFrom: now,
    readOn: now.slice(0, 10),
    ...rates,
    cachedInputPer1M: price.cachedInputUsdPer1M === undefined ? null : parseUsd(price.cachedInputUsdPer1M),
    ...ratesNotTyped({ ...rates, before, marksCache }),
    source: price.source,
  };
};

/** A model that commands and the API cannot find. */
export class UnknownModel extends BadInput {
  constructor(readonly id: string) {
    super(`model ${JSON.stringify(id)} is not in the registry; accepted: one that "conclave models" lists`);
  }
}

/** One that is there already. */
export class ModelExists extends BadInput {
  constructor(readonly id: string) {
    super(`id is ${JSON.stringify(id)}, which exists; accepted: a new id, or edit that model`);
  }
}

export const modelById = async (client: ConclaveClient, id: string): Promise<RegistryEntry> => {
  const found = await client.stores.registry.get(id);
  if (found) return found;
  throw new UnknownModel(id);
};

interface NewModel {
  readonly input: z.output<typeof newModelInput>;
  /** Providers that cache what is marked. */
  readonly cacheMarkers: ReadonlySet<string>;
}

const newEntry = ({ input, cacheMarkers }: NewModel, now: IsoInstant): ModelEntry =>
  parseModelEntry({
    ...input,
    providerModel: input.providerModel ?? input.id,
    displayName: input.displayName ?? input.id,
    statistical: false,
    price:
      input.price &&
      priceOf(input.price, now, { before: null, marksCache: cacheMarkers.has(input.provider) }),
  });

/** Whether a model is as adding it left it; its price is from that moment on. */
export const isAddedAs = (stored: RegistryEntry, model: NewModel): boolean => {
  if ((stored.price === null) !== (model.input.price === null)) return false;
  const entry = newEntry(model, stored.price?.validFrom ?? '');
  const fields = Object.keys(entry) as (keyof ModelEntry)[];
  return fields.every((field) => isDeepStrictEqual(stored[field], entry[field]));
};

/** @throws ModelExists; RangeError naming a field. */
export const addModel = async (client: ConclaveClient, model: NewModel): Promise<RegistryEntry> => {
  const entry = newEntry(model, await client.stores.worlds.now(LIVE_WORLD));
  if (!(await client.stores.registry.add(entry))) throw new ModelExists(entry.id);
  return modelById(client, entry.id);
};

/**
 * @param cacheMarkers providers that cache what is marked
 * @throws UnknownModel; RangeError naming a field.
 */
export const editModel = async (
  client: ConclaveClient,
  id: string,
  input: z.output<typeof modelChangeInput>,
  cacheMarkers: ReadonlySet<string>,
): Promise<RegistryEntry> => {
  const { price, ...rest } = input;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const now = await client.stores.worlds.now(LIVE_WORLD);
  const edited = await client.stores.registry.edit(id, ({ origin: _origin, ...entry }) => {
    const known = { before: entry.price, marksCache: cacheMarkers.has(entry.provider) };
    const priced = price === undefined ? {} : { price: price && priceOf(price, now, known) };
    return editedEntry(entry, { ...given, ...priced });
  });
  if (!edited) throw new UnknownModel(id);
  return modelById(client, id);
};

/** Hides a model; its record stays. @throws UnknownModel. */
export const removeModel = async (client: ConclaveClient, id: string): Promise<void> => {
  if (!(await client.stores.registry.remove(id))) throw new UnknownModel(id);
};

/**
 * Keeps a rating, which moves the quality that the model has earned.
 * @param requestKey of a request that counts once however often it is sent; null: any other
 * @throws UnknownModel
 */
export const rateModel = async (
  client: ConclaveClient,
  id: string,
  input: z.output<typeof ratingInput>,
  requestKey: string | null = null,
) => {
  await modelById(client, id);
  return client.stores.ratings.add({ modelId: id, ...input }, requestKey);
};
