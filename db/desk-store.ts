// What the hands-free desk asks of the record: what is held, what is read most, what briefs cost, and what one
// run has spent.
import type { Subject } from '../domain/market/subject';
import type { MicroUsd } from '../domain/money/micro-usd';
import type { ResearchKind } from '../domain/research/brief';
import type { IsoInstant, WorldId } from '../domain/world';
import { only, type Sql } from './sql';

export interface EventQuestion {
  readonly world: WorldId;
  readonly subject: Subject;
  readonly type: string;
  readonly asOf: IsoInstant;
}

export interface DeskStore {
  /** Symbols in the paper accounts of running competitions of a world, as of their last day. */
  heldSymbols(world: WorldId): Promise<readonly string[]>;
  /** Subjects whose newest decision traded and is not yet due to resolve. */
  tradedSubjects(world: WorldId): Promise<readonly string[]>;
  /** Reads of briefs of the last `days` by subject. */
  reads(world: WorldId, days: number): Promise<ReadonlyMap<string, number>>;
  /** Average cost of the briefs of the last 30 days by kind. */
  briefCosts(world: WorldId): Promise<ReadonlyMap<ResearchKind, MicroUsd>>;
  /** Expiry of every fresh brief of a template, by `<subject> <kind>`. */
  freshUntil(world: WorldId, template: string): Promise<ReadonlyMap<string, IsoInstant>>;
  /** Those of these event ids that have been recorded. */
  recordedEvents(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** When the newest event of a type that names a subject happened, of those before `asOf`. */
  lastEventAt(asked: EventQuestion): Promise<IsoInstant | null>;
  /** Spent by the calls of a session, and held for those of which no bill will tell; not what calls under way hold. */
  committed(sessionId: string): Promise<MicroUsd>;
}

const HELD = `
  select distinct p.symbol from positions p
  join accounts a on a.id = p.account_id join competitions c on c.id = a.competition_id
  where c.status = 'running' and c.world = $1
    and p.date = (select max(s.date) from snapshots s where s.account_id = p.account_id)
  order by p.symbol`;

const TRADED = `
  select subject from (
    select distinct on (d.subject) d.subject, d.action, p.resolves_at from ensemble_decisions d
    join propositions p on p.id = d.proposition_id
    where d.world = $1 order by d.subject, d.created_at desc) newest
  where action <> 'hold' and resolves_at > world_now($1) order by subject`;

/** Fresh by the rule of the cache: not expired on the world's clock, and of the newest covering epoch. */
const FRESH = `
  select subject, kind, max(expires_at) as until from briefs
  where world = $1 and template = $2 and key like $1 || ':live:%' and expires_at > world_now($1)
    and epoch >= covering_epoch(world, subject)
  group by subject, kind`;

/** A call under way holds its worst case, of which most comes back: what it may not spend, the session's cap refuses. */
const COMMITTED = `
  select coalesce(sum(case when status = 'uncertain' then reserved_micro_usd else actual_micro_usd end), 0)
    as committed from ledger where session_id = $1 and status in ('settled', 'uncertain')`;

export const createDeskStore = (db: Sql): DeskStore => ({
  heldSymbols: async (world) =>
    (await db.query<{ symbol: string }>(HELD, [world])).map(({ symbol }) => symbol),

  tradedSubjects: async (world) =>
    (await db.query<{ subject: string }>(TRADED, [world])).map(({ subject }) => subject),

  reads: async (world, days) => {
    const rows = await db.query<{ subject: string; reads: number }>(
      `select subject, count(*) as reads from brief_reads
       where world = $1 and member is null and read_at > clock_timestamp() - $2 * interval '1 day' group by subject`,
      [world, days],
    );
    return new Map(rows.map(({ subject, reads }) => [subject, reads]));
  },

  briefCosts: async (world) => {
    const rows = await db.query<{ kind: ResearchKind; cost: MicroUsd }>(
      `select kind, round(avg(cost_micro_usd))::bigint as cost from briefs
       where world = $1 and created_at > clock_timestamp() - interval '30 days' group by kind`,
      [world],
    );
    return new Map(rows.map(({ kind, cost }) => [kind, cost]));
  },

  freshUntil: async (world, template) => {
    const rows = await db.query<{ subject: string; kind: string; until: IsoInstant }>(FRESH, [
      world,
      template,
    ]);
    return new Map(rows.map(({ subject, kind, until }) => [`${subject} ${kind}`, until]));
  },

  recordedEvents: async (ids) => {
    const rows = await db.query<{ id: string }>('select id from market_events where id = any($1)', [
      [...ids],
    ]);
    return new Set(rows.map(({ id }) => id));
  },

  lastEventAt: async ({ world, subject, type, asOf }) =>
    only(
      await db.query<{ at: IsoInstant | null }>(
        `select max(happened_at) as at from market_events
         where type = $3 and (world is null or world = $1) and $2 = any(subjects) and happened_at <= $4`,
        [world, subject, type, asOf],
      ),
    ).at,

  committed: async (sessionId) =>
    only(await db.query<{ committed: MicroUsd }>(COMMITTED, [sessionId])).committed,
});
