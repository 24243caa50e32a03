// The registry of models in Postgres: seeded from the shipped list, then edited by people, never overwritten.
import type { ModelEntry, ModelPrice } from '../domain/selection/model';
import type { IsoInstant } from '../domain/world';
import type { Database } from './database';
import { first, jsonb, type Sql } from './sql';

export type ModelOrigin = 'seed' | 'user' | 'discovered';

export interface RegistryEntry extends ModelEntry {
  readonly origin: ModelOrigin;
  /** Since when its provider no longer has it; null: it has it now. */
  readonly missingSince: IsoInstant | null;
}

export interface DatedPrice extends ModelPrice {
  readonly modelId: string;
}

export interface OfferedModel {
  /** By the provider's own name for it. */
  readonly providerModel: string;
  /** From when the provider will not have it; null: as far as is known it will. */
  readonly until: IsoInstant | null;
  /** False: only as the shipped entry of that name, not as one that was discovered. */
  readonly asFound: boolean;
}

/** What is configured for a provider, and holds for all of its models. */
export interface ConfiguredTerms {
  /** Name of its key; null: it needs none. */
  readonly keyName: string | null;
  /** Whether its calls cost nothing; null: configuration leaves that to each model's entry. */
  readonly free: boolean | null;
  /** Ids of entries to leave as they are: the shipped ones name their maker's variable, wherever the key is kept. */
  readonly except: readonly string[];
}

export interface RegistryStore {
  /**
   * Brings shipped entries and prices in; repeatable at every start. Entries that people edited or removed stay
   * as they are; a price is added per (model, validFrom) and never changed.
   */
  seed(entries: readonly ModelEntry[], prices?: readonly DatedPrice[]): Promise<void>;
  /** All models that were not removed, each with the price in force now; by id. */
  list(): Promise<readonly RegistryEntry[]>;
  get(id: string): Promise<RegistryEntry | null>;
  /** Adds a person's entry, or brings a removed one back as this; false where there is one. */
  add(entry: ModelEntry): Promise<boolean>;
  /** Changes an entry by hand, one change after the other; false where there is none. */
  edit(id: string, change: (entry: RegistryEntry) => ModelEntry): Promise<boolean>;
  /** Adds or replaces an entry that was found; one that people edited or removed stays as it is. */
  putDiscovered(entry: ModelEntry): Promise<void>;
  /**
   * Notes all models that a provider has: of what is shipped for it, was found there before or entered by hand as
   * local, the rest is missing until it is there again.
   */
  markOffered(provider: string, offered: readonly OfferedModel[]): Promise<void>;
  /** Brings what is configured for a provider to its entries, also to those that people edited. */
  followConfiguration(provider: string, terms: ConfiguredTerms): Promise<void>;
  /** Hides the model; its record stays. False when there is none. */
  remove(id: string): Promise<boolean>;
  /** The price in force at an instant; null when unknown, which refuses the call. */
  priceAt(modelId: string, at: IsoInstant): Promise<ModelPrice | null>;
  /** All prices of a model, newest first. */
  prices(modelId: string): Promise<readonly ModelPrice[]>;
}

const ENTRY_COLUMNS = `id, provider, provider_model, display_name, quality, context_tokens, max_output_tokens, strengths,
  speed, local, statistical, key_name, research_sibling, version, origin`;

/** Aliases keep the digit-and-letter names of ModelPrice out of the generic camel-casing. */
export const PRICE_JSON = `jsonb_build_object('validFrom', to_char(p.valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'inputPer1M', p.input_per_1m, 'outputPer1M', p.output_per_1m, 'cachedInputPer1M', p.cached_input_per_1m,
  'cacheWritePer1M', p.cache_write_per_1m, 'longContext', p.long_context, 'source', p.source)
  || case when p.read_on is null then '{}' else jsonb_build_object('readOn', p.read_on) end`;

const LIST = `
  select ${ENTRY_COLUMNS.split(', ')
    .map((column) => `m.${column.trim()}`)
    .join(', ')},
    case when m.missing_since <= world_now('live') then m.missing_since end as missing_since,
    (select ${PRICE_JSON} from model_prices p where p.model_id = m.id and p.valid_from <= world_now('live')
     order by p.valid_from desc limit 1) as price
  from models m where m.removed_at is null`;

/** One model as JSON with the columns' own names, null when unknown; `id` is an SQL expression. */
export const modelAsJson = (id: string): string => `(select to_jsonb(r) from (${LIST} and m.id = ${id}) r)`;

const UPSERT = `
  insert into models (${ENTRY_COLUMNS}, removed_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, null, clock_timestamp())
  on conflict (id) do update set provider = excluded.provider, provider_model = excluded.provider_model,
    display_name = excluded.display_name, quality = excluded.quality, context_tokens = excluded.context_tokens,
    max_output_tokens = excluded.max_output_tokens, strengths = excluded.strengths, speed = excluded.speed,
    local = excluded.local, statistical = excluded.statistical, key_name = excluded.key_name,
    research_sibling = excluded.research_sibling, version = excluded.version, origin = excluded.origin,
    missing_since = case when models.provider = excluded.provider
      and models.provider_model = excluded.provider_model then models.missing_since end,
    removed_at = null, updated_at = excluded.updated_at`;

/** Discovered models must not undo an edit, nor the seed an edit or a removal. */
const KEEP_EDITS = {
  seed: ` where models.origin = 'seed' and models.removed_at is null`,
  discovered: ` where models.origin in ('seed', 'discovered') and models.removed_at is null`,
  user: '',
  added: ' where models.removed_at is not null returning id',
} as const;

/**
 * `:latest` is what a name without a tag means. A shipped local model only may exist; a person's hosted one is taken at
 * its word, unless it was missing when it was edited: its provider's word holds for it until it is there again. Cut to
 * the column's milliseconds, as rounded up it would be missing only from the next one on.
 */
const MARK_OFFERED = `
  update models set missing_since = found.missing
  from (select m.id as known,
          case when o.name is null then least(m.missing_since, date_trunc('milliseconds', world_now('live'))) else o.until end as missing
        from models m left join unnest($2::text[], $3::timestamptz[], $4::boolean[]) as o (name, until, as_found)
          on o.name = regexp_replace(m.provider_model, ':latest$', '')
            and (o.as_found or m.origin = 'seed' or (m.origin = 'user' and not m.local))
        where m.provider = $1
          and case m.origin when 'seed' then not m.local when 'user' then m.local or m.missing_since is not null
            else true end) found
  where id = known and missing_since is distinct from found.missing`;

const FOLLOW_CONFIGURATION = `
  update models set key_name = $2, local = coalesce($3, local)
  where provider = $1 and origin <> 'seed' and id <> all($4::text[])
    and (key_name, local) is distinct from ($2, coalesce($3, local))`;

const putEntry = (sql: Sql, entry: ModelEntry, by: keyof typeof KEEP_EDITS) =>
  sql.query(UPSERT + KEEP_EDITS[by], [
    entry.id,
    entry.provider,
    entry.providerModel,
    entry.displayName,
    entry.quality,
    entry.contextTokens,
    entry.maxOutputTokens,
    [...entry.strengths],
    entry.speed,
    entry.local,
    entry.statistical,
    entry.keyName,
    entry.researchSibling,
    entry.version,
    by === 'added' ? 'user' : by,
  ]);

/** Shipped prices never change in place, save that the day they were read is filled in; a person's correction of the same date does. */
const putPrice = (sql: Sql, modelId: string, price: ModelPrice, replace: boolean) =>
  sql.query(
    `insert into model_prices (model_id, valid_from, input_per_1m, output_per_1m, cached_input_per_1m,
       cache_write_per_1m, long_context, source, read_on)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
     on conflict (model_id, valid_from) do ${
       replace
         ? `update set input_per_1m = excluded.input_per_1m, output_per_1m = excluded.output_per_1m,
              cached_input_per_1m = excluded.cached_input_per_1m, cache_write_per_1m = excluded.cache_write_per_1m,
              long_context = excluded.long_context, source = excluded.source, read_on = excluded.read_on,
              recorded_at = now()`
         : 'update set read_on = excluded.read_on where model_prices.read_on is null'
     }`,
    [
      modelId,
      price.validFrom,
      price.inputPer1M,
      price.outputPer1M,
      price.cachedInputPer1M,
      price.cacheWritePer1M,
      jsonb(price.longContext),
      price.source,
      price.readOn ?? null,
    ],
  );

export const createRegistryStore = (db: Database): RegistryStore => ({
  seed: (entries, prices = []) =>
    db.transaction(async (sql) => {
      // Workers that start together seed one after another instead of in a deadlock.
      await sql.query('select pg_advisory_xact_lock(4021500116)');
      for (const entry of entries) {
        await putEntry(sql, entry, 'seed');
        if (entry.price) await putPrice(sql, entry.id, entry.price, false);
      }
      for (const price of prices) await putPrice(sql, price.modelId, price, false);
    }),

  list: () => db.query<RegistryEntry>(`${LIST} order by m.id`),

  get: async (id) => first(await db.query<RegistryEntry>(`${LIST} and m.id = $1`, [id])),

  add: (entry) =>
    db.transaction(async (sql) => {
      if ((await putEntry(sql, entry, 'added')).length === 0) return false;
      if (entry.price) await putPrice(sql, entry.id, entry.price, true);
      return true;
    }),

  edit: (id, change) =>
    db.transaction(async (sql) => {
      await sql.query('select 1 from models where id = $1 for update', [id]);
      const entry = first(await sql.query<RegistryEntry>(`${LIST} and m.id = $1`, [id]));
      if (entry === null) return false;
      const changed = change(entry);
      await putEntry(sql, changed, 'user');
      if (changed.price) await putPrice(sql, id, changed.price, true);
      return true;
    }),

  putDiscovered: (entry) =>
    db.transaction(async (sql) => {
      await putEntry(sql, entry, 'discovered');
      for (const price of entry.datedPrices ?? (entry.price ? [entry.price] : []))
        await putPrice(sql, entry.id, price, false);
    }),

  markOffered: async (provider, offered) => {
    const byName = new Map(offered.map((one) => [one.providerModel.replace(/:latest$/, ''), one]));
    const each = [...byName.values()];
    await db.query(MARK_OFFERED, [
      provider,
      [...byName.keys()],
      each.map(({ until }) => until),
      each.map(({ asFound }) => asFound),
    ]);
  },

  followConfiguration: async (provider, { keyName, free, except }) => {
    await db.query(FOLLOW_CONFIGURATION, [provider, keyName, free, [...except]]);
  },

  remove: async (id) =>
    (
      await db.query(
        `update models set removed_at = clock_timestamp() where id = $1 and removed_at is null returning id`,
        [id],
      )
    ).length === 1,

  priceAt: async (modelId, at) =>
    first(
      await db.query<{ price: ModelPrice }>(
        `select ${PRICE_JSON} as price from model_prices p where p.model_id = $1 and p.valid_from <= $2
         order by p.valid_from desc limit 1`,
        [modelId, at],
        'price-at',
      ),
    )?.price ?? null,

  prices: async (modelId) =>
    (
      await db.query<{ price: ModelPrice }>(
        `select ${PRICE_JSON} as price from model_prices p where p.model_id = $1 order by p.valid_from desc`,
        [modelId],
      )
    ).map((row) => row.price),
});
