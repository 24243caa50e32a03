// The days of paper accounts. A day of an account is written once, whole, in one transaction; written again it
// changes nothing, which is what makes a killed replay end with the same board.
import {
  equityOf,
  type NewPaperOrder,
  type PaperOrder,
  type PaperPosition,
  type PaperState,
  positionsValue,
} from '../domain/market/paper-account';
import type { SettledDay } from '../domain/market/paper-fills';
import type { IsoDate } from '../domain/world';
import type { Database } from './database';
import { first, type Sql } from './sql';

export type OrderRow = PaperOrder & { readonly id: string; readonly accountId: string };
export type PositionRow = PaperPosition & { readonly accountId: string; readonly date: IsoDate };

export interface SnapshotRow {
  readonly accountId: string;
  readonly date: IsoDate;
  readonly cashMicroUsd: number;
  readonly positionsMicroUsd: number;
  readonly equityMicroUsd: number;
  readonly tradedMicroUsd: number;
  readonly feesMicroUsd: number;
}

export interface AccountDays {
  /** The account at the end of its last day before `date`; null before its first. */
  stateBefore(accountId: string, date: IsoDate): Promise<PaperState | null>;
  /** True once the account's day is written. */
  isSettled(accountId: string, date: IsoDate): Promise<boolean>;
  waiting(accountId: string): Promise<readonly OrderRow[]>;
  /** Orders of one account and day, each once; the number that were new. */
  placeOrders(accountId: string, orders: readonly NewPaperOrder[]): Promise<number>;
  /** The day's fills, positions and snapshot in one transaction. False when the day was written before. */
  settle(accountId: string, date: IsoDate, day: SettledDay): Promise<boolean>;
  orders(competitionId: string): Promise<readonly OrderRow[]>;
  snapshots(competitionId: string): Promise<readonly SnapshotRow[]>;
  /** What is held at the end of the last day. */
  positions(competitionId: string): Promise<readonly PositionRow[]>;
}

const ORDER_COLUMNS = `id, account_id, symbol, side, quantity, placed_on, reason, probability, price_of_yes, status,
  filled_on, filled_quantity, open_micro_usd, fill_micro_usd, fee_micro_usd, realized_micro_usd, note`;
const POSITION_COLUMNS = 'symbol, quantity, cost_micro_usd, entered_on, mark_micro_usd, marked_on, frozen';
const SNAPSHOT_COLUMNS =
  'account_id, date, cash_micro_usd, positions_micro_usd, equity_micro_usd, traded_micro_usd, fees_micro_usd';

/** The order's id says whose it is, of which day and symbol: the same order is one row. */
const orderId = (accountId: string, order: Pick<NewPaperOrder, 'placedOn' | 'symbol'>): string =>
  `${accountId}/${order.placedOn}/${order.symbol}`;

const writeFills = async (sql: Sql, accountId: string, orders: readonly PaperOrder[]): Promise<void> => {
  for (const order of orders.filter(({ status }) => status !== 'open'))
    await sql.query(
      `update orders set status = $2, filled_on = $3, filled_quantity = $4, open_micro_usd = $5, fill_micro_usd = $6,
         fee_micro_usd = $7, realized_micro_usd = $8, note = $9 where id = $1 and status = 'open'`,
      [
        orderId(accountId, order),
        order.status,
        order.filledOn,
        order.filledQuantity,
        order.openMicroUsd,
        order.fillMicroUsd,
        order.feeMicroUsd,
        order.realizedMicroUsd,
        order.note,
      ],
    );
};

const insertSnapshot = (sql: Sql, accountId: string, date: IsoDate, day: SettledDay) =>
  sql.query(
    `insert into snapshots (${SNAPSHOT_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing returning account_id`,
    [
      accountId,
      date,
      day.state.cashMicroUsd,
      positionsValue(day.state),
      equityOf(day.state),
      day.tradedMicroUsd,
      day.feesMicroUsd,
    ],
  );

const insertPositions = (sql: Sql, accountId: string, date: IsoDate, positions: readonly PaperPosition[]) =>
  sql.query(
    `insert into positions (account_id, date, ${POSITION_COLUMNS})
     select $1, $2, "symbol", "quantity", "costMicroUsd", "enteredOn", "markMicroUsd", "markedOn", "frozen"
     from jsonb_to_recordset($3::jsonb) as p ("symbol" text, "quantity" bigint, "costMicroUsd" bigint,
       "enteredOn" date, "markMicroUsd" bigint, "markedOn" date, "frozen" text)`,
    [accountId, date, JSON.stringify(positions)],
  );

export const createAccountDays = (db: Database): AccountDays => ({
  stateBefore: async (accountId, date) => {
    const last = first(
      await db.query<{ date: IsoDate; cashMicroUsd: number }>(
        `select date, cash_micro_usd from snapshots where account_id = $1 and date < $2 order by date desc limit 1`,
        [accountId, date],
      ),
    );
    if (last === null) return null;
    const positions = await db.query<PaperPosition>(
      `select ${POSITION_COLUMNS} from positions where account_id = $1 and date = $2 order by symbol`,
      [accountId, last.date],
    );
    return { cashMicroUsd: last.cashMicroUsd, positions };
  },

  isSettled: async (accountId, date) =>
    (await db.query('select 1 from snapshots where account_id = $1 and date = $2', [accountId, date]))
      .length > 0,

  waiting: (accountId) =>
    db.query<OrderRow>(
      `select ${ORDER_COLUMNS} from orders where account_id = $1 and status = 'open' order by placed_on, symbol`,
      [accountId],
    ),

  placeOrders: async (accountId, placed) =>
    placed.length === 0
      ? 0
      : (
          await db.query(
            `insert into orders (id, account_id, symbol, side, quantity, placed_on, reason, probability, price_of_yes, status)
             select "id", $1, "symbol", "side", "quantity", "placedOn", "reason", "probability", "priceOfYes", 'open'
             from jsonb_to_recordset($2::jsonb) as o ("id" text, "symbol" text, "side" text, "quantity" bigint,
               "placedOn" date, "reason" text, "probability" float8, "priceOfYes" float8)
             on conflict do nothing returning id`,
            [accountId, JSON.stringify(placed.map((order) => ({ ...order, id: orderId(accountId, order) })))],
          )
        ).length,

  settle: (accountId, date, day) =>
    db.transaction(async (sql) => {
      if ((await insertSnapshot(sql, accountId, date, day)).length === 0) return false;
      await insertPositions(sql, accountId, date, day.state.positions);
      await writeFills(sql, accountId, day.orders);
      return true;
    }),

  orders: (competitionId) =>
    db.query<OrderRow>(
      `select ${ORDER_COLUMNS.split(',')
        .map((column) => `o.${column.trim()}`)
        .join(', ')} from orders o join accounts a on a.id = o.account_id
       where a.competition_id = $1 order by o.placed_on, o.id`,
      [competitionId],
    ),

  snapshots: (competitionId) =>
    db.query<SnapshotRow>(
      `select s.* from snapshots s join accounts a on a.id = s.account_id
       where a.competition_id = $1 order by s.date, s.account_id`,
      [competitionId],
    ),

  positions: (competitionId) =>
    db.query<PositionRow>(
      `select p.* from positions p join accounts a on a.id = p.account_id
       where a.competition_id = $1 and p.date = (select max(date) from snapshots s where s.account_id = p.account_id)
       order by p.account_id, p.symbol`,
      [competitionId],
    ),
});
