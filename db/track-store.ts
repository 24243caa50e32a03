// Reads of the track record that join decisions, forecasts and outcomes: what learning, screening and
// ranking are made from.
import type { Proposition, ResolutionRule } from '../domain/market/proposition';
import { ANALYSTS } from '../domain/panel/forecaster';
import {
  type DirectionOutcome,
  directionOf,
  type ResolvedDirection,
} from '../domain/track/direction-evidence';
import type { TradablePrice } from '../domain/track/entry-price';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Database } from './database';
import { type LearntVersions, type WrittenVersions, writeRecordVersions } from './record-versions';
import { only } from './sql';

/** What was predicted in the shadow of a decision, and under what; part of its row. Plain JSON. */
export interface StoredTrack {
  readonly equal: number | null;
  readonly weighted: number | null;
  /** By model; members without a learnt calibrator are absent. */
  readonly calibrated: Readonly<Record<string, number>>;
}

export interface ResolvedDecision {
  readonly decisionId: string;
  readonly propositionId: string;
  readonly subject: string;
  /** From when the statement's inputs were public. */
  readonly asOf: IsoInstant;
  readonly category: string;
  /** What the desk decided; null where nothing was, where a person did, or on made-up bars, which prove nothing. */
  readonly probability: number | null;
  readonly price: number | null;
  readonly madeAt: IsoInstant;
  readonly yes: boolean;
  readonly resolvedAt: IsoInstant;
  readonly rule: ResolutionRule['type'];
  /** Of what turns on a close; null where nobody looked them up. */
  readonly entryPrices: readonly TradablePrice[] | null;
  readonly resolvingValue: number | null;
  readonly track: StoredTrack | null;
  readonly answers: readonly { readonly model: string; readonly version: string; readonly p: number }[];
}

/** One answer of one member, oldest first. */
export interface MemberAnswerRow {
  readonly model: string;
  readonly modelVersion: string;
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
  readonly probability: number | null;
  readonly statement: string;
  readonly resolvesAt: IsoInstant;
  readonly madeAt: IsoInstant;
}

/** One scored forecast beside all others of its decision; those of analysts only by their category. */
export interface SkillScore {
  readonly model: string;
  /** Null for a forecast of no decision. */
  readonly decisionId: string | null;
  readonly propositionId: string;
  readonly subject: string;
  readonly probability: number;
  readonly yes: boolean;
  readonly costMicroUsd: number | null;
  readonly forecastAt: IsoInstant;
  readonly resolvedAt: IsoInstant;
}

/** What one strategy said of one resolved decision, with the members' simple mean beside it. */
export interface ShadowScore {
  readonly decisionId: string;
  readonly subject: string;
  readonly strategy: string;
  /** What it said or, where it did not decide, leaned to; null where neither is known. */
  readonly probability: number | null;
  /** False: `probability` is a leaning, which was never traded. */
  readonly decided: boolean;
  /** Null where no member answered. */
  readonly meanOfMembers: number | null;
  readonly chosen: boolean;
  readonly yes: boolean;
  readonly costMicroUsd: number;
  readonly resolvedAt: IsoInstant;
}

export interface RecordMark {
  /** Revisions of outcomes: any record, correction or void raises it. */
  readonly revisions: number;
  /** The latest resolution among outcomes in force; null without any. */
  readonly lastResolvedAt: IsoInstant | null;
}

export interface ScoreFilter {
  readonly world: WorldId;
  readonly category?: string;
  readonly from?: IsoInstant;
}

export interface TrackStore {
  mark(world: WorldId): Promise<RecordMark>;
  /** Decisions whose outcome was known at `through`, in no promised order. */
  resolvedDecisions(world: WorldId, through: IsoInstant): Promise<readonly ResolvedDecision[]>;
  /** The version that answered last, by model. */
  latestVersions(world: WorldId, through: IsoInstant): Promise<Readonly<Record<string, string>>>;
  /** The last `limit` answers of each model in a category known at `through`, oldest first. */
  recentAnswers(query: {
    readonly world: WorldId;
    readonly category: string;
    readonly models: readonly string[];
    readonly through: IsoInstant;
    readonly limit: number;
  }): Promise<readonly MemberAnswerRow[]>;
  /**
   * The desk's own resolved decisions about the direction of shares, known at `through`; made-up bars prove nothing, and
   * neither does one without a price to enter at.
   */
  directionOutcomes(world: WorldId, through: IsoInstant): Promise<readonly DirectionOutcome[]>;
  putVersions(world: WorldId, versions: LearntVersions): Promise<WrittenVersions>;
  /** Propositions that a source can resolve: due ones, and open contracts whose turn it is; after a position, by resolution. */
  dueFromSources(
    world: WorldId,
    after: { readonly resolvesAt: IsoInstant; readonly id: string } | null,
    limit: number,
  ): Promise<readonly Proposition[]>;
  skillScores(filter: ScoreFilter): Promise<readonly SkillScore[]>;
  shadowScores(filter: ScoreFilter): Promise<readonly ShadowScore[]>;
}

const CURRENT = `current as (
  select distinct on (o.proposition_id) o.* from outcomes o join propositions p on p.id = o.proposition_id
  where p.world = $1 order by o.proposition_id, o.revision desc)`;

/** When a decision was made on its own clock: a replay's rows are all written at its driver's instant. */
const MADE_AT = `coalesce((d.details->>'now')::timestamptz, d.created_at)`;

/** What a person approved is that person's choice, up to a day later: no evidence of what the desk decides. */
const BY_THE_DESK = `d.status = 'decided' and not d.synthetic and d.details->'review' is null`;

const RESOLVED = `
  with ${CURRENT}
  select d.id as decision_id, d.proposition_id, d.subject, p.as_of, d.category, c.yes, c.resolved_at, ${MADE_AT} as made_at,
    case when ${BY_THE_DESK} then d.probability end as probability, d.price,
    p.rule->>'type' as rule, c.entry_prices, c.resolving_value, d.details->'track' as track,
    coalesce((select jsonb_agg(jsonb_build_object('model', f.model, 'version', f.model_version, 'p', f.probability))
      from (select distinct on (model) model, model_version, probability from forecasts
        where decision_id = d.id and status = 'answered' order by model, attempt_group desc) f), '[]') as answers
  from ensemble_decisions d
  join current c on c.proposition_id = d.proposition_id and c.status = 'resolved' and c.resolved_at <= $2
  join propositions p on p.id = d.proposition_id
  where d.world = $1 and ${MADE_AT} <= c.resolved_at`;

const RECENT = `
  select m.model, f.model_version, f.status, f.failure, f.probability, f.statement, f.resolves_at, f.made_at
  from unnest($3::text[]) as m(model)
  cross join lateral (
    select f.id, f.model_version, f.status, f.failure, f.probability, f.created_at, ${MADE_AT} as made_at,
      p.statement, p.resolves_at
    from forecasts f join ensemble_decisions d on d.id = f.decision_id join propositions p on p.id = f.proposition_id
    where f.world = $1 and f.model = m.model and d.category = $2 and f.attempt_group <> 'second' and ${MADE_AT} <= $4
    order by f.created_at desc, f.id desc limit $5) f
  order by m.model, f.made_at, f.created_at, f.id`;

const VERSIONS = `
  select distinct on (f.model) f.model, f.model_version
  from forecasts f join ensemble_decisions d on d.id = f.decision_id
  where f.world = $1 and f.status = 'answered' and ${MADE_AT} <= $2
  order by f.model, ${MADE_AT} desc, f.created_at desc, f.id desc`;

const DIRECTIONS = `
  with ${CURRENT}
  select d.subject, ${MADE_AT} as made_at, c.resolved_at, d.probability, d.price as base_rate,
    c.entry_prices, c.resolving_value
  from ensemble_decisions d
  join current c on c.proposition_id = d.proposition_id and c.status = 'resolved' and c.resolved_at <= $2
  join propositions p on p.id = d.proposition_id and p.rule->>'type' = 'close_above'
  where d.world = $1 and ${BY_THE_DESK} and d.price is not null
    and ${MADE_AT} <= c.resolved_at and c.entry_prices is not null and c.resolving_value is not null
  order by made_at, d.id`;

/** Hours between two looks at a contract that is still open; some are looked at each hour, by their ids. */
const EARLY_LOOK_HOURS = 6;

/** A venue may settle before the close. Only now: what a venue says today is no news of a replay's day. */
const EARLY_LOOK = `world = 'live' and rule->>'type' = 'venue_settlement'
  and mod(abs(hashtext(id)::bigint), ${EARLY_LOOK_HOURS})
    = mod(floor(extract(epoch from world_now($1)) / 3600)::bigint, ${EARLY_LOOK_HOURS})`;

const DUE = `
  select id, world, subject, statement, category, as_of, resolves_at, rule, price_of_yes, price_at
  from propositions p
  where world = $1 and (resolves_at <= world_now($1) or ${EARLY_LOOK}) and rule->>'type' <> 'manual'
    and ($2::timestamptz is null or (resolves_at, id) > ($2, $3))
    and not exists (select 1 from outcomes o where o.proposition_id = p.id)
  order by resolves_at, id limit $4`;

const SKILL = `
  select s.model, f.decision_id, s.proposition_id, p.subject, s.probability, s.yes, s.cost_micro_usd, s.forecast_at,
    s.resolved_at
  from model_performance s join propositions p on p.id = s.proposition_id join forecasts f on f.id = s.forecast_id
  where s.world = $1 and s.market_category = coalesce($2, s.market_category)
    and (s.market_category <> '${ANALYSTS}' or $2 is not null)
    and ($3::timestamptz is null or s.resolved_at >= $3)
  order by s.resolved_at, s.forecast_id`;

const SHADOW = `
  with ${CURRENT}
  select d.id as decision_id, d.subject, s.strategy, coalesce(s.probability, s.leaning) as probability,
    s.probability is not null as decided, s.strategy = d.strategy as chosen, c.yes,
    d.cost_micro_usd, c.resolved_at,
    (select avg(f.probability) from (select distinct on (model) probability from forecasts
      where decision_id = d.id and status = 'answered' and not shadow order by model, attempt_group desc) f) as mean_of_members
  from ensemble_decisions d
  join current c on c.proposition_id = d.proposition_id and c.status = 'resolved'
  cross join lateral jsonb_to_recordset(d.shadow) as s(strategy text, probability float8, leaning float8)
  where d.world = $1 and ($2::text is null or d.category = $2) and ($3::timestamptz is null or c.resolved_at >= $3)
    and ${MADE_AT} <= c.resolved_at
  order by c.resolved_at, d.id`;

export const createTrackStore = (db: Database): TrackStore => ({
  mark: async (world) =>
    only(
      await db.query<RecordMark>(
        `select count(*) as revisions, max(o.resolved_at) filter (where later.revision is null) as last_resolved_at
         from outcomes o join propositions p on p.id = o.proposition_id
         left join outcomes later on later.proposition_id = o.proposition_id and later.revision = o.revision + 1
         where p.world = $1`,
        [world],
        'track-mark',
      ),
    ),

  resolvedDecisions: (world, through) => db.query<ResolvedDecision>(RESOLVED, [world, through]),

  latestVersions: async (world, through) =>
    Object.fromEntries(
      (await db.query<{ model: string; modelVersion: string }>(VERSIONS, [world, through])).map((row) => [
        row.model,
        row.modelVersion,
      ]),
    ),

  recentAnswers: ({ world, category, models, through, limit }) =>
    db.query<MemberAnswerRow>(RECENT, [world, category, [...models], through, limit]),

  directionOutcomes: async (world, through) =>
    (await db.query<ResolvedDirection>(DIRECTIONS, [world, through])).flatMap(directionOf),

  putVersions: (world, versions) => writeRecordVersions(db, world, versions),

  dueFromSources: (world, after, limit) =>
    db.query<Proposition>(DUE, [world, after?.resolvesAt ?? null, after?.id ?? null, limit]),

  skillScores: ({ world, category, from }) =>
    db.query<SkillScore>(SKILL, [world, category ?? null, from ?? null]),

  shadowScores: ({ world, category, from }) =>
    db.query<ShadowScore>(SHADOW, [world, category ?? null, from ?? null]),
});
