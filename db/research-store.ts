// Research sessions: one row from start to end, so that none can be lost unseen.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { BriefTemplate, ResearchKind } from '../domain/research/brief';
import { normaliseSubject } from '../domain/research/cache-key';
import { covers, type MarketEvent } from '../domain/research/market-events';
import type { IsoInstant, WorldId } from '../domain/world';
import { first, type Sql } from './sql';

export interface ResearchSessionRow {
  /** Workflow id and run id: a key is researched again after expiry. */
  readonly id: string;
  readonly key: string;
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  readonly subject: string;
  readonly kind: ResearchKind;
  readonly template: BriefTemplate;
  readonly status: 'running' | 'stored' | 'failed' | 'cancelled';
  readonly restarts: number;
  readonly briefId: string | null;
  readonly quality: number | null;
  readonly costMicroUsd: MicroUsd;
  readonly failure: string | null;
  readonly startedAt: IsoInstant;
  readonly endedAt: IsoInstant | null;
}

export type ResearchSessionStart = Pick<
  ResearchSessionRow,
  'id' | 'key' | 'world' | 'asOf' | 'subject' | 'kind' | 'template'
>;

export interface ResearchSessionEnd {
  readonly status: 'stored' | 'failed' | 'cancelled';
  readonly restarts: number;
  readonly briefId: string | null;
  readonly quality: number | null;
  readonly costMicroUsd: MicroUsd;
  readonly failure: string | null;
}

export interface ResearchStore {
  /**
   * Opens the row once; a repetition changes nothing. A later round opens it again where an earlier one had stored its
   * brief just as an event covered it: closed, the next event would pass by what runs.
   */
  start(session: ResearchSessionStart, restarts?: number): Promise<void>;
  /** Closes it once; the first end holds. */
  end(id: string, end: ResearchSessionEnd): Promise<void>;
  /** What the ledger has for all its calls, those of abandoned rounds too; the amount held where no bill came. */
  costSoFar(id: string): Promise<MicroUsd>;
  /** A few by chance of those said to run that began an hour ago or more. */
  longOpen(most: number): Promise<readonly Pick<ResearchSessionRow, 'id' | 'restarts'>[]>;
  /**
   * Research under way that an event makes stale.
   * @param options.begunBeforeIt only what began before the event, which is stored already, was recorded
   */
  runningCoveredBy(
    event: MarketEvent,
    options?: { readonly begunBeforeIt: boolean },
  ): Promise<readonly ResearchSessionRow[]>;
}

const COLUMNS = `id, key, world, as_of, subject, kind, template, status, restarts, brief_id, quality, cost_micro_usd,
  failure, started_at, ended_at`;

export const createResearchStore = (db: Sql): ResearchStore => ({
  start: async (session, restarts = 0) => {
    await db.query(
      `insert into research_sessions (id, key, world, as_of, subject, kind, template, status, started_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'running', clock_timestamp())
       on conflict (id) do update set status = 'running', ended_at = null
       where research_sessions.status = 'stored' and research_sessions.restarts < $8`,
      [
        session.id,
        session.key,
        session.world,
        session.asOf,
        normaliseSubject(session.subject),
        session.kind,
        session.template,
        restarts,
      ],
    );
  },

  end: async (id, end) => {
    await db.query(
      `update research_sessions set status = $2, restarts = $3, brief_id = $4, quality = $5, cost_micro_usd = $6,
         failure = $7, ended_at = clock_timestamp()
       where id = $1 and status = 'running'`,
      [id, end.status, end.restarts, end.briefId, end.quality, end.costMicroUsd, end.failure],
    );
  },

  // The time lets the index on it serve; a day more than needed, as clocks may differ.
  costSoFar: async (id) =>
    first(
      await db.query<{ cost: MicroUsd }>(
        `select coalesce(sum(coalesce(l.actual_micro_usd, l.reserved_micro_usd)), 0)::bigint as cost
         from research_sessions s join ledger l on l.reserved_at >= s.started_at - interval '1 day'
           and l.status <> 'void' and starts_with(l.call_key, s.id || '/')
         where s.id = $1`,
        [id],
      ),
    )?.cost ?? 0,

  longOpen: (most) =>
    db.query<Pick<ResearchSessionRow, 'id' | 'restarts'>>(
      `select id, restarts from research_sessions
       where ended_at is null and started_at < clock_timestamp() - interval '1 hour' order by random() limit $1`,
      [most],
    ),

  runningCoveredBy: async (event, { begunBeforeIt } = { begunBeforeIt: false }) => {
    const running = await db.query<ResearchSessionRow>(
      `select ${COLUMNS} from research_sessions where ended_at is null
         and (not $1 or started_at < (select recorded_at from market_events where id = $2))`,
      [begunBeforeIt, event.id],
    );
    return running.filter((session) => covers(event, session));
  },
});
