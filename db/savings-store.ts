// What was saved, by cause: recorded when it was decided (a sibling's research, a cascade that stopped early, an
// answer taken over), or a fact of rows that exist anyway (shared briefs, cached tokens).
import type { MicroUsd } from '../domain/money/micro-usd';
import {
  promptCacheSaving,
  type Saving,
  type SavingCause,
  type SavingsReport,
  savingsReport,
} from '../domain/money/savings';
import type { ModelPrice } from '../domain/selection/model';
import type { WorldId } from '../domain/world';
import { PRICE_JSON } from './registry-store';
import { SPEND_WHERE, type SpendRange, spendParameters } from './spend-store';
import type { Sql } from './sql';

/** The other causes follow from the reads of briefs and from the ledger. */
export type RecordedCause = Exclude<SavingCause, 'shared_brief' | 'prompt_cache'>;

export interface NewSaving {
  readonly cause: RecordedCause;
  /** One row per cause and this; a repetition changes nothing. */
  readonly ref: string;
  readonly world: WorldId;
  readonly model: string;
  readonly sessionId: string | null;
  readonly decisionId: string | null;
  readonly wouldHaveCostMicroUsd: MicroUsd;
  readonly costMicroUsd: MicroUsd;
  readonly basis: Readonly<Record<string, unknown>>;
}

/** Tokens of calls that used a prompt cache, with the price they were made at. */
interface CachedUsage {
  /** Null: the registry no longer has the price of that version. */
  readonly price: ModelPrice | null;
  /** True: calls beyond the price's long-context bound. */
  readonly long: boolean;
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
}

export interface SavingsStore {
  /** Each once. */
  record(savings: readonly NewSaving[]): Promise<void>;
  /** Sums by cause and in total. Reads of briefs are kept for 180 days; money without a cause is left out. */
  byCause(range?: SpendRange): Promise<SavingsReport>;
}

const COLUMNS = `cause, ref, world, model, session_id, decision_id, would_have_cost_micro_usd, cost_micro_usd, basis`;

const within = (column: string): string =>
  `($1::timestamptz is null or ${column} >= $1) and ($2::timestamptz is null or ${column} < $2)
    and ($5::text is null or world = $5)`;

const rangeParameters = ({ from, to, sessionId, decisionId, world }: SpendRange): readonly unknown[] =>
  [from, to, sessionId, decisionId, world].map((each) => each ?? null);

const SHARED = `
  select 'shared_brief' as cause, coalesce(sum(cost_saved_micro_usd), 0) as saved_micro_usd
  from brief_reads where ${within('read_at')}
    and ($3::text is null or reader = any(array(select id from ensemble_decisions where session_id = $3) || $3))
    and ($4::text is null or reader = $4)`;

const RECORDED = `
  select cause, sum(greatest(0, would_have_cost_micro_usd - cost_micro_usd)) as saved_micro_usd from savings
  where ${within('recorded_at')} and ($3::text is null or session_id = $3) and ($4::text is null or decision_id = $4)
  group by cause`;

const CACHED = `
  select case when p.model_id is null then null else ${PRICE_JSON} end as price,
    coalesce(l.input_tokens > (p.long_context->>'aboveInputTokens')::bigint, false) as long,
    sum(l.input_tokens) as input, sum(coalesce(l.cached_input_tokens, 0)) as cached_input,
    sum(coalesce(l.cache_write_tokens, 0)) as cache_write, sum(coalesce(l.output_tokens, 0)) as output
  from (select * from ledger where ${SPEND_WHERE} and status = 'settled'
    and coalesce(cached_input_tokens, 0) + coalesce(cache_write_tokens, 0) > 0) l
  left join model_prices p on p.model_id = l.model
    and to_char(p.valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') = l.price_version
  group by l.model, p.model_id, p.valid_from, 2`;

/** By the price in force at the calls; the sum of one price differs from its single calls by their rounding only. */
const cacheSaving = ({ price, long, ...usage }: CachedUsage): readonly Saving[] =>
  price === null
    ? []
    : [promptCacheSaving({ ...usage, reasoning: 0 }, long ? price : { ...price, longContext: null })];

const toRow = (saving: NewSaving) => ({
  cause: saving.cause,
  ref: saving.ref,
  world: saving.world,
  model: saving.model,
  session_id: saving.sessionId,
  decision_id: saving.decisionId,
  would_have_cost_micro_usd: saving.wouldHaveCostMicroUsd,
  cost_micro_usd: saving.costMicroUsd,
  basis: saving.basis,
});

export const createSavingsStore = (db: Sql): SavingsStore => ({
  record: async (savings) => {
    if (savings.length === 0) return;
    await db.query(
      `insert into savings (${COLUMNS}, recorded_at)
       select ${COLUMNS}, world_now('live') from jsonb_populate_recordset(null::savings, $1::jsonb)
       on conflict (cause, ref) do nothing`,
      [JSON.stringify(savings.map(toRow))],
    );
  },

  byCause: async (range = {}) => {
    const [shared, recorded, cached] = await Promise.all([
      db.query<Saving>(SHARED, rangeParameters(range)),
      db.query<Saving>(RECORDED, rangeParameters(range)),
      db.query<CachedUsage>(CACHED, spendParameters(range)),
    ]);
    return savingsReport([...shared, ...recorded, ...cached.flatMap(cacheSaving)]);
  },
});
