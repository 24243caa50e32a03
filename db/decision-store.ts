// Decisions with their forecasts, written once, in one transaction.
import type { Sizing } from '../domain/ensemble/sizing-input';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Database } from './database';
import type { DecisionRecord, DecisionStatus, NewDecision, NewForecast } from './decision-record';
import { insertForecasts } from './forecast-store';
import {
  type AtRecording,
  type OpenPositions,
  type OpenPositionsOf,
  openPositionsOf,
  settledUnderLock,
} from './open-positions';
import { decodeCursor, encodeCursor } from './page-cursor';
import { first, jsonb, only, type Sql } from './sql';
import { type OnceOnly, once } from './transaction';

export interface DecisionFilter {
  readonly world: WorldId;
  readonly subject?: string;
  readonly sessionId?: string;
  readonly category?: string;
  readonly status?: DecisionStatus;
  readonly from?: IsoInstant;
  /** Exclusive. */
  readonly to?: IsoInstant;
  /** Default 50, at most 500. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** What a trade costs that was approved at another price than it was disputed at. */
export interface TradePrice {
  readonly price: number;
  readonly at: IsoInstant;
  readonly sizing: Sizing;
}

export interface ParkedEnd {
  readonly status: 'decided' | 'no_consensus' | 'expired';
  /** Null unless decided. */
  readonly trade: {
    readonly probability: number;
    readonly action: 'buy' | 'sell';
    readonly sizeMicroUsd: number;
    /** When it was approved, on the world's clock: what moved before, the person knew. */
    readonly tradedAt: IsoInstant;
  } | null;
  /** Comes before the reasons so far. */
  readonly why: string;
  /** Takes the place of the decision's price and sizing. Null or absent: those stay. */
  readonly priced?: TradePrice | null;
}

export interface DecisionPage {
  readonly decisions: readonly DecisionRecord[];
  /** Null on the last page. */
  readonly next: string | null;
}

/**
 * The sample's variance, of n - 1, as sizing has it (domain/ensemble/disagreement.ts). Of all who answered: the row's own
 * measure leaves out those whom a strategy set aside.
 */
export const MEMBERS_VARIANCE = `
  select avg(s.variance) as variance from (
    select (select var_samp((m->>'probability')::float8) from jsonb_array_elements(d.members) m
      where m->>'status' = 'answered') as variance
    from ensemble_decisions d join propositions p on p.id = d.proposition_id and p.as_of <= $3
    where d.world = $1 and d.category = $2 and d.status = 'decided' and (d.quorum->>'answered')::int > 1
    order by d.created_at desc limit 100) s`;

export interface DecisionStore {
  /** Stores the decision and its forecasts once by decision id; a repetition returns what was stored. */
  recordDecision(
    decision: NewDecision,
    forecasts: readonly NewForecast[],
    atRecording?: AtRecording<NewDecision>,
  ): Promise<OnceOnly<DecisionRecord>>;
  get(id: string): Promise<DecisionRecord | null>;
  /** Ends a parked decision once, with a trade or without; one that is not parked stays as it is. */
  endParked(id: string, end: ParkedEnd): Promise<void>;
  /** The same for a trade that is approved, held against what is open by then. */
  endParkedInRoom(
    decision: Pick<DecisionRecord, 'id' | 'world' | 'subject'>,
    atRecording: AtRecording<ParkedEnd>,
  ): Promise<void>;
  /** Newest first. @throws RangeError for a cursor that is not one. */
  list(filter: DecisionFilter): Promise<DecisionPage>;
  /** How many subjects of a session were decided, and the modes that its decisions were made in. */
  ofSession(sessionId: string): Promise<{ readonly decided: number; readonly modes: readonly string[] }>;
  openPositions(target: OpenPositionsOf): Promise<OpenPositions>;
  /** Mean sample variance of the members' p over the category's last 100 decisions by two or more; null without any. */
  membersVariance(world: WorldId, category: string, through: IsoInstant): Promise<number | null>;
}

const JSON_COLUMNS = [
  'why',
  'disagreement',
  'quorum',
  'members',
  'degradations',
  'calibration_versions',
  'candidates',
  'shadow',
  'details',
];

const COLUMNS = `id, world, session_id, subject, category, proposition_id, brief_id, status, strategy, stage,
  stake_micro_usd, probability, action, size_micro_usd, selected_model, mode, price, price_at, weights_version,
  cost_micro_usd, synthetic, ${JSON_COLUMNS.join(', ')}`;

const READ = `select ${COLUMNS}, created_at from ensemble_decisions`;

const values = (decision: NewDecision): readonly unknown[] => [
  decision.id,
  decision.world,
  decision.sessionId,
  decision.subject,
  decision.category,
  decision.propositionId,
  decision.briefId,
  decision.status,
  decision.strategy,
  decision.stage,
  decision.stakeMicroUsd,
  decision.probability,
  decision.action,
  decision.sizeMicroUsd,
  decision.selectedModel,
  decision.mode,
  decision.price,
  decision.priceAt,
  decision.weightsVersion,
  decision.costMicroUsd,
  decision.synthetic,
  jsonb(decision.why),
  jsonb(decision.disagreement),
  jsonb(decision.quorum),
  jsonb(decision.members),
  jsonb(decision.degradations),
  jsonb(decision.calibrationVersions),
  jsonb(decision.candidates),
  jsonb(decision.shadow),
  jsonb(decision.details),
];

const PLACEHOLDERS = Array.from({ length: 30 }, (_unused, index) => `$${index + 1}`).join(', ');

const insertDecision = (sql: Sql, decision: NewDecision) =>
  sql.query<DecisionRecord>(
    `insert into ensemble_decisions (${COLUMNS}, created_at) values (${PLACEHOLDERS}, world_now($2))
     on conflict (id) do nothing returning ${COLUMNS}, created_at`,
    values(decision),
  );

const endParked = async (sql: Sql, id: string, { status, trade, why, priced }: ParkedEnd): Promise<void> => {
  const details = {
    ...(priced ? { sizing: priced.sizing } : {}),
    ...(trade ? { tradedAt: trade.tradedAt } : {}),
  };
  await sql.query(
    `update ensemble_decisions set status = $2, probability = $3, action = $4, size_micro_usd = $5,
       why = jsonb_build_array($6::text) || why, price = coalesce($7, price), price_at = coalesce($8, price_at),
       details = details || $9::jsonb
     where id = $1 and status = 'parked'`,
    [
      ...[id, status, trade?.probability ?? null, trade?.action ?? 'hold', trade?.sizeMicroUsd ?? 0, why],
      ...[priced?.price ?? null, priced?.at ?? null, jsonb(details)],
    ],
  );
};

const LIST = `${READ}
  where world = $1 and ($2::text is null or subject = $2) and ($3::text is null or session_id = $3)
    and ($4::text is null or category = $4) and ($5::text is null or status = $5)
    and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at < $7)
    and ($8::timestamptz is null or (created_at, id) < ($8, $9))
  order by created_at desc, id desc limit $10`;

export const createDecisionStore = (db: Database): DecisionStore => ({
  recordDecision: (decision, forecasts, atRecording) =>
    db.transaction(async (sql) => {
      const settled = atRecording ? await settledUnderLock(sql, decision, atRecording) : decision;
      const stored = await once(
        () => insertDecision(sql, settled),
        () => sql.query<DecisionRecord>(`${READ} where id = $1`, [decision.id]),
      );
      if (stored.first) await insertForecasts(sql, forecasts);
      return stored;
    }),

  endParked: (id, end) => endParked(db, id, end),

  endParkedInRoom: (decision, atRecording) =>
    db.transaction(async (sql) =>
      endParked(sql, decision.id, await settledUnderLock(sql, decision, atRecording)),
    ),

  get: async (id) => first(await db.query<DecisionRecord>(`${READ} where id = $1`, [id])),

  list: async (filter) => {
    const limit = Math.min(filter.limit ?? 50, 500);
    const after = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
    const rows = await db.query<DecisionRecord>(LIST, [
      filter.world,
      filter.subject ?? null,
      filter.sessionId ?? null,
      filter.category ?? null,
      filter.status ?? null,
      filter.from ?? null,
      filter.to ?? null,
      after?.at ?? null,
      after?.id ?? null,
      limit + 1,
    ]);
    const decisions = rows.slice(0, limit);
    const last = decisions.at(-1);
    return {
      decisions,
      next: rows.length > limit && last ? encodeCursor({ at: last.createdAt, id: last.id }) : null,
    };
  },

  ofSession: async (sessionId) =>
    only(
      await db.query<{ readonly decided: number; readonly modes: readonly string[] }>(
        `select count(*) filter (where status = 'decided') as decided, coalesce(jsonb_agg(distinct mode), '[]') as modes
         from ensemble_decisions where session_id = $1`,
        [sessionId],
      ),
    ),

  openPositions: (target) => openPositionsOf(db, target),

  membersVariance: async (world, category, through) =>
    only(await db.query<{ readonly variance: number | null }>(MEMBERS_VARIANCE, [world, category, through]))
      .variance,
});
