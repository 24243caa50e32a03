// Market sessions: opened once, totalled from the ledger, closed once.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoDate, IsoInstant, WorldId } from '../domain/world';
import type { PageCursor } from './page-cursor';
import { first, jsonb, type Sql } from './sql';
import { type OnceOnly, once } from './transaction';

export interface MarketSessionRow {
  /** The workflow's id. */
  readonly id: string;
  readonly world: WorldId;
  readonly market: string;
  readonly date: IsoDate;
  readonly kind: string;
  readonly status: 'running' | 'finished' | 'skipped' | 'failed' | 'cancelled';
  /** The instant as of which everything must have been public. */
  readonly decisionAt: IsoInstant;
  readonly stakeMicroUsd: MicroUsd;
  readonly subjects: readonly string[];
  readonly mode: string;
  readonly synthetic: boolean;
  readonly costMicroUsd: MicroUsd;
  readonly savedMicroUsd: MicroUsd;
  readonly providerCalls: number;
  readonly wallMs: number | null;
  readonly note: string | null;
  /** When its schedule meant it to start; null for a run by hand. */
  readonly scheduledAt: IsoInstant | null;
  readonly startedAt: IsoInstant;
  readonly endedAt: IsoInstant | null;
}

export type MarketSessionStart = Pick<
  MarketSessionRow,
  | 'id'
  | 'world'
  | 'market'
  | 'date'
  | 'kind'
  | 'decisionAt'
  | 'stakeMicroUsd'
  | 'subjects'
  | 'mode'
  | 'synthetic'
  | 'scheduledAt'
>;

export interface MarketSessionEnd {
  readonly status: 'finished' | 'skipped' | 'failed' | 'cancelled';
  readonly costMicroUsd: MicroUsd;
  readonly savedMicroUsd: MicroUsd;
  readonly providerCalls: number;
  readonly mode: string;
  readonly note: string | null;
}

export interface SessionStore {
  /** Opens the row once; a repetition returns the stored one, and one that had failed is open again. */
  open(session: MarketSessionStart): Promise<OnceOnly<MarketSessionRow>>;
  /** A few by chance of those said to run that began an hour ago or more. */
  longOpen(most: number): Promise<readonly Pick<MarketSessionRow, 'id' | 'mode'>[]>;
  /** Closes it once with its totals; the first end holds. Wall time is measured by the database. */
  close(id: string, end: MarketSessionEnd): Promise<MarketSessionRow>;
  get(id: string): Promise<MarketSessionRow | null>;
  /** Newest first. */
  list(filter: {
    readonly world: WorldId;
    readonly limit?: number;
    readonly openOnly?: boolean;
    /** Only those after it. */
    readonly before?: PageCursor | undefined;
  }): Promise<readonly MarketSessionRow[]>;
  /**
   * Provider calls and cost the ledger has for a session, void ones left out, what is held and costs of recorded members
   * included.
   */
  ledgerTotals(id: string): Promise<{ readonly providerCalls: number; readonly costMicroUsd: MicroUsd }>;
  /** Brings what sessions of the last two days cost up to date with the ledger; the number changed. Repeatable. */
  settleTotals(): Promise<number>;
  /** What shared briefs saved its decisions: reads whose reader is a decision of this session or the session itself. */
  saved(id: string): Promise<MicroUsd>;
}

const COLUMNS = `id, world, market, date, kind, status, decision_at, stake_micro_usd, subjects, mode, synthetic,
  cost_micro_usd, saved_micro_usd, provider_calls, wall_ms, note, scheduled_at, started_at, ended_at`;

const INSERT = `
  insert into market_sessions (id, world, market, date, kind, decision_at, stake_micro_usd, subjects, mode, synthetic,
    scheduled_at, status, started_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, 'running', clock_timestamp())
  on conflict (id) do update set status = 'running', note = null, ended_at = null, started_at = clock_timestamp()
    where market_sessions.status = 'failed'
  returning ${COLUMNS}`;

const CLOSE = `
  update market_sessions set status = $2, cost_micro_usd = $3, saved_micro_usd = $4, provider_calls = $5, mode = $6,
    note = $7, ended_at = clock_timestamp(), wall_ms = 1000 * extract(epoch from clock_timestamp() - started_at)
  where id = $1 and status = 'running'`;

const TOTALS = `count(*) as provider_calls, coalesce(sum(
  case when status in ('reserved', 'uncertain') then reserved_micro_usd else actual_micro_usd end), 0) as cost_micro_usd`;

/** A call may land after its session's end: a second one beside a slow one, or one that a model on probation answers. */
const BRING_UP_TO_DATE = `
  update market_sessions s set cost_micro_usd = t.cost_micro_usd, provider_calls = t.provider_calls
  from (select session_id, ${TOTALS} from ledger where status <> 'void' and session_id = any(array(
    select id from market_sessions where ended_at > clock_timestamp() - interval '2 days')) group by session_id) t
  where t.session_id = s.id and s.status <> 'running'
    and (s.cost_micro_usd, s.provider_calls) is distinct from (t.cost_micro_usd, t.provider_calls)
  returning s.id`;

const SAVED = `
  select coalesce(sum(r.cost_saved_micro_usd), 0) as saved from brief_reads r
  where r.reader = any(array(select d.id from ensemble_decisions d where d.session_id = $1) || $1::text)`;

export const createSessionStore = (db: Sql): SessionStore => {
  const read = (id: string) =>
    db.query<MarketSessionRow>(`select ${COLUMNS} from market_sessions where id = $1`, [id]);
  return {
    open: (session) =>
      once(
        () =>
          db.query<MarketSessionRow>(INSERT, [
            session.id,
            session.world,
            session.market,
            session.date,
            session.kind,
            session.decisionAt,
            session.stakeMicroUsd,
            jsonb(session.subjects),
            session.mode,
            session.synthetic,
            session.scheduledAt,
          ]),
        () => read(session.id),
      ),

    longOpen: (most) =>
      db.query<Pick<MarketSessionRow, 'id' | 'mode'>>(
        `select id, mode from market_sessions
         where status = 'running' and started_at < clock_timestamp() - interval '1 hour' order by random() limit $1`,
        [most],
      ),

    close: async (id, end) => {
      await db.query(CLOSE, [
        id,
        end.status,
        end.costMicroUsd,
        end.savedMicroUsd,
        end.providerCalls,
        end.mode,
        end.note,
      ]);
      const row = first(await read(id));
      if (row === null) throw new RangeError(`session "${id}" is unknown; open it first`);
      return row;
    },

    get: async (id) => first(await read(id)),

    list: ({ world, limit, openOnly, before }) =>
      db.query<MarketSessionRow>(
        `select ${COLUMNS} from market_sessions where world = $1 and (not $2 or ended_at is null)
           and ($4::timestamptz is null or (started_at, id) < ($4, $5))
         order by started_at desc, id desc limit $3`,
        [world, openOnly ?? false, limit ?? 50, before?.at ?? null, before?.id ?? null],
      ),

    ledgerTotals: async (id) =>
      (
        await db.query<{ providerCalls: number; costMicroUsd: MicroUsd }>(
          `select ${TOTALS} from ledger where session_id = $1 and status <> 'void'`,
          [id],
        )
      )[0] ?? { providerCalls: 0, costMicroUsd: 0 },

    settleTotals: async () => (await db.query(BRING_UP_TO_DATE)).length,

    saved: async (id) => (await db.query<{ saved: MicroUsd }>(SAVED, [id]))[0]?.saved ?? 0,
  };
};
