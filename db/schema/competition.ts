// The competition: who trades which paper account, what it ordered, held and was worth at the end of each day.
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { instant, money, ratio } from './columns';

export const competitions = pgTable(
  'competitions',
  {
    id: text('id').primaryKey(),
    /** Period, symbols, price file and rules. */
    definition: jsonb('definition').notNull(),
    /** Null until it starts: it follows from the definition and who takes part. */
    world: text('world'),
    status: text('status', { enum: ['open', 'running', 'finished'] }).notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (table) => [
    check('competitions_status', sql`${table.status} in ('open', 'running', 'finished')`),
    check('competitions_world', sql`(${table.status} = 'open') = (${table.world} is null)`),
  ],
);

export const accounts = pgTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    competitionId: text('competition_id')
      .notNull()
      .references(() => competitions.id),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['model', 'house_baseline', 'buy_and_hold'] }).notNull(),
    /** Whose forecasts it trades, in the order of the list. */
    models: jsonb('models').notNull(),
  },
  (table) => [
    uniqueIndex('accounts_name').on(table.competitionId, table.name),
    check('accounts_kind', sql`${table.kind} in ('model', 'house_baseline', 'buy_and_hold')`),
  ],
);

export const orders = pgTable(
  'orders',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    symbol: text('symbol').notNull(),
    side: text('side', { enum: ['buy', 'sell'] }).notNull(),
    quantity: bigint('quantity', { mode: 'number' }).notNull(),
    placedOn: date('placed_on', { mode: 'string' }).notNull(),
    reason: text('reason').notNull(),
    probability: ratio('probability'),
    priceOfYes: ratio('price_of_yes'),
    status: text('status', { enum: ['open', 'filled', 'rejected'] }).notNull(),
    filledOn: date('filled_on', { mode: 'string' }),
    filledQuantity: bigint('filled_quantity', { mode: 'number' }).notNull().default(0),
    openMicroUsd: money('open_micro_usd'),
    fillMicroUsd: money('fill_micro_usd'),
    feeMicroUsd: money('fee_micro_usd').notNull().default(0),
    realizedMicroUsd: money('realized_micro_usd'),
    note: text('note'),
  },
  (table) => [
    uniqueIndex('orders_once').on(table.accountId, table.placedOn, table.symbol),
    index('orders_waiting').on(table.accountId).where(sql`status = 'open'`),
    check('orders_side', sql`${table.side} in ('buy', 'sell')`),
    check(
      'orders_quantity',
      sql`${table.quantity} > 0 and ${table.filledQuantity} between 0 and ${table.quantity}`,
    ),
    check('orders_filled', sql`(${table.status} = 'filled') = (${table.filledOn} is not null)`),
    check('orders_next_bar', sql`${table.filledOn} >= ${table.placedOn}`),
  ],
);

export const snapshots = pgTable(
  'snapshots',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    date: date('date', { mode: 'string' }).notNull(),
    cashMicroUsd: money('cash_micro_usd').notNull(),
    positionsMicroUsd: money('positions_micro_usd').notNull(),
    equityMicroUsd: money('equity_micro_usd').notNull(),
    tradedMicroUsd: money('traded_micro_usd').notNull(),
    feesMicroUsd: money('fees_micro_usd').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.date] }),
    check('snapshots_cash', sql`${table.cashMicroUsd} >= 0`),
    check(
      'snapshots_equity',
      sql`${table.equityMicroUsd} = ${table.cashMicroUsd} + ${table.positionsMicroUsd}`,
    ),
  ],
);

/** What was held at the end of a day; part of that day's snapshot. */
export const positions = pgTable(
  'positions',
  {
    accountId: text('account_id').notNull(),
    date: date('date', { mode: 'string' }).notNull(),
    symbol: text('symbol').notNull(),
    quantity: bigint('quantity', { mode: 'number' }).notNull(),
    costMicroUsd: money('cost_micro_usd').notNull(),
    enteredOn: date('entered_on', { mode: 'string' }).notNull(),
    markMicroUsd: money('mark_micro_usd').notNull(),
    /** Null in rows from before it was kept. */
    markedOn: date('marked_on', { mode: 'string' }),
    frozen: text('frozen'),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.date, table.symbol] }),
    foreignKey({
      columns: [table.accountId, table.date],
      foreignColumns: [snapshots.accountId, snapshots.date],
    }),
    check('positions_quantity', sql`${table.quantity} > 0 and ${table.markMicroUsd} > 0`),
  ],
);
