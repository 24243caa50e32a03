// Competitions and who takes part in them.
import type { WorldId } from '../domain/world';
import { type AccountDays, createAccountDays } from './account-days';
import { type CompetitionTallies, createCompetitionTallies } from './competition-tallies';
import type { Database } from './database';
import type { PageCursor } from './page-cursor';
import { first, jsonb, only, type Sql } from './sql';

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

export type NewAccount = Omit<AccountRow, 'competitionId'>;

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
  /**
   * Starts an open competition: fixes its world by the accounts it has by then, of which there will be no others, and
   * adds those of the house. The stored row, whoever started it; null for one that is unknown.
   * @param entry.worldOf what it throws leaves the competition open
   */
  start(
    id: string,
    entry: {
      readonly house: readonly NewAccount[];
      readonly worldOf: (accounts: readonly AccountRow[]) => WorldId;
    },
  ): Promise<CompetitionRow | null>;
  finish(id: string): Promise<void>;
  /** The number that were new; null where the competition is not open any more, and none is added. */
  addAccounts(competitionId: string, accounts: readonly NewAccount[]): Promise<number | null>;
  accounts(competitionId: string): Promise<readonly AccountRow[]>;
}

const COMPETITION_COLUMNS = 'id, definition, world, status, created_at';
const COMPETITION = `select ${COMPETITION_COLUMNS} from competitions where id = $1`;

/** Whoever joins holds the row that a start changes: it is either counted by the start, or finds the row not open. */
const ADD_ACCOUNTS = `
  with open as (
    select id from competitions where id = $1 and status = 'open' for share
  ), added as (
    insert into accounts (id, competition_id, name, kind, models)
    select a."id", open.id, a."name", a."kind", a."models" from open,
      jsonb_to_recordset($2::jsonb) as a ("id" text, "name" text, "kind" text, "models" jsonb)
    on conflict do nothing returning id
  )
  select (select count(*) from added) as added from open`;

const addAccounts = async (sql: Sql, id: string, accounts: readonly NewAccount[]): Promise<number | null> =>
  first(await sql.query<{ readonly added: number }>(ADD_ACCOUNTS, [id, JSON.stringify(accounts)]))?.added ??
  null;

const accountsOf = (sql: Sql, competitionId: string): Promise<readonly AccountRow[]> =>
  sql.query<AccountRow>(
    `select id, competition_id, name, kind, models from accounts where competition_id = $1 order by kind desc, id`,
    [competitionId],
  );

export const createCompetitionStore = (db: Database): CompetitionStore => ({
  create: async ({ id, definition }) => {
    await db.query(
      `insert into competitions (id, definition, status) values ($1, $2::jsonb, 'open') on conflict do nothing`,
      [id, jsonb(definition)],
    );
    const stored = first(await db.query<CompetitionRow>(COMPETITION, [id]));
    if (stored === null) throw new Error(`competition ${id} was not stored`);
    return stored;
  },

  get: async (id) => first(await db.query<CompetitionRow>(COMPETITION, [id])),

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

  start: (id, { house, worldOf }) =>
    db.transaction(async (sql) => {
      const row = first(await sql.query<CompetitionRow>(`${COMPETITION} for update`, [id]));
      if (row?.status !== 'open') return row;
      const world = worldOf(await accountsOf(sql, id));
      await addAccounts(sql, id, house);
      return only(
        await sql.query<CompetitionRow>(
          `update competitions set world = $2, status = 'running' where id = $1 returning ${COMPETITION_COLUMNS}`,
          [id, world],
        ),
      );
    }),

  finish: async (id) => {
    await db.query(`update competitions set status = 'finished' where id = $1 and status = 'running'`, [id]);
  },

  addAccounts: (id, accounts) => addAccounts(db, id, accounts),

  accounts: (competitionId) => accountsOf(db, competitionId),

  ...createAccountDays(db),
  ...createCompetitionTallies(db),
});
