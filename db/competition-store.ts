// Competitions and who takes part in them.
import type { WorldId } from '../domain/world';
import { type AccountDays, createAccountDays } from './account-days';
import { type CompetitionTallies, createCompetitionTallies } from './competition-tallies';
import type { Database } from './database';
import type { PageCursor } from './page-cursor';
import { first, jsonb } from './sql';

export type CompetitionStatus = 'open' | 'running' | 'finished';
export type AccountKind = 'model' | 'house_baseline' | 'buy_and_hold';

export interface CompetitionRow {
  readonly id: string;
  /** Plain JSON; its form is the caller's. */
  readonly definition: unknown;
  readonly world: WorldId | null;
  readonly status: CompetitionStatus;
  readonly createdAt: string;
}

export interface AccountRow {
  readonly id: string;
  readonly competitionId: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly models: readonly string[];
}

export interface CompetitionStore extends AccountDays, CompetitionTallies {
  /** Creates once; the stored row, whoever made it. */
  create(competition: { readonly id: string; readonly definition: unknown }): Promise<CompetitionRow>;
  get(id: string): Promise<CompetitionRow | null>;
  /** Newest first; all of them without a page. */
  list(page?: {
    readonly limit: number;
    readonly before?: PageCursor | undefined;
  }): Promise<readonly CompetitionRow[]>;
  /** Markets that running competitions trade day by day. */
  liveMarkets(): Promise<readonly string[]>;
  /** Fixes the world and who takes part; only an open competition starts. */
  start(id: string, world: WorldId): Promise<void>;
  finish(id: string): Promise<void>;
  addAccounts(accounts: readonly AccountRow[]): Promise<number>;
  accounts(competitionId: string): Promise<readonly AccountRow[]>;
}

const COMPETITION_COLUMNS = 'id, definition, world, status, created_at';

export const createCompetitionStore = (db: Database): CompetitionStore => ({
  create: async ({ id, definition }) => {
    await db.query(
      `insert into competitions (id, definition, status) values ($1, $2::jsonb, 'open') on conflict do nothing`,
      [id, jsonb(definition)],
    );
    const stored = first(
      await db.query<CompetitionRow>(`select ${COMPETITION_COLUMNS} from competitions where id = $1`, [id]),
    );
    if (stored === null) throw new Error(`competition ${id} was not stored`);
    return stored;
  },

  get: async (id) =>
    first(
      await db.query<CompetitionRow>(`select ${COMPETITION_COLUMNS} from competitions where id = $1`, [id]),
    ),

  list: (page) =>
    db.query<CompetitionRow>(
      `select ${COMPETITION_COLUMNS} from competitions
       where $2::timestamptz is null or (created_at, id) < ($2, $3::text)
       order by created_at desc, id desc limit $1`,
      [page?.limit ?? null, page?.before?.at ?? null, page?.before?.id ?? null],
    ),

  liveMarkets: async () =>
    (
      await db.query<{ market: string }>(
        `select distinct definition ->> 'market' as market from competitions
         where status = 'running' and world not like 'replay:%' order by 1`,
      )
    ).map(({ market }) => market),

  start: async (id, world) => {
    await db.query(
      `update competitions set world = $2, status = 'running' where id = $1 and status = 'open'`,
      [id, world],
    );
  },

  finish: async (id) => {
    await db.query(`update competitions set status = 'finished' where id = $1 and status = 'running'`, [id]);
  },

  addAccounts: async (accounts) =>
    (
      await db.query(
        `insert into accounts (id, competition_id, name, kind, models)
         select "id", "competitionId", "name", "kind", "models"
         from jsonb_to_recordset($1::jsonb) as a ("id" text, "competitionId" text, "name" text, "kind" text, "models" jsonb)
         on conflict do nothing returning id`,
        [JSON.stringify(accounts)],
      )
    ).length,

  accounts: (competitionId) =>
    db.query<AccountRow>(
      `select id, competition_id, name, kind, models from accounts where competition_id = $1 order by kind desc, id`,
      [competitionId],
    ),

  ...createAccountDays(db),
  ...createCompetitionTallies(db),
});
