// A competition as a document: rules, orders, snapshots and the board, everything recomputable from its rows.
import type { OrderRow, SnapshotRow } from '../db/account-days';
import type { AccountRow, CompetitionRow } from '../db/competition-store';
import type { ModelTally, TallyScope } from '../db/competition-tallies';
import { extremizedLogOddsPool } from '../domain/ensemble/pool';
import { addDays } from '../domain/market/iso-date';
import { isAlwaysOpen, type Market, tradingDaysPerYear } from '../domain/market/market';
import { LEAST_PRICE } from '../domain/market/paper-account';
import { type PaperMetrics, paperMetrics } from '../domain/market/paper-metrics';
import { questionSpans } from '../domain/market/propositions';
import { equitySubject } from '../domain/market/subject';
import { formatUsd } from '../domain/money/micro-usd';
import { SYNTHETIC_WORLD } from '../domain/world';
import type { CompetitionDefinition } from '../workflows/contracts/competition';
import { findCompetition } from './competition';
import type { ConclaveClient } from './connect';

/** What a reader must know to read the figures rightly. */
const NOTES = [
  'Paper only: no order leaves Conclave.',
  'Orders are decided 30 minutes before the open from bars up to the previous close and fill at the next bar that exists, at its open with slippage and fees.',
  "Long only, whole shares; size is half Kelly at the model's own probability against the as-of base rate, without the evidence gate of real decisions; a position is looked at again when its horizon has run.",
  'Dividends are ignored.',
  `Prices are whole micro-dollars: what closes below $${LEAST_PRICE} is too coarse to be valued and is not bought.`,
  'A language model may remember a past period from its training; only house models are free of that.',
] as const;

/** A file stays as it is: whether a jump in it was a split cannot be told. */
const REPLAY_JUMPS =
  'A split-like overnight jump (factor 1.45 or more) is refused: the symbol is no longer traded and its positions stay at their last value, so that what such a move won or lost is in no figure.';

const LIVE_JUMPS =
  'A split-like overnight jump (factor 1.45 or more) is refused for five trading days: the symbol is not traded and its positions stay at their last value, which makes the figures of their accounts provisional. Where the source has not rewritten its past by then, the move was real and is booked.';

/** A replay looks outcomes up as its days pass, and ends with them. */
const REPLAY_SCORES = 'Brier scores count forecasts that resolved within the period.';

/** What is different while the days are still to come. */
const LIVE_SCORES =
  "Brier scores count all forecasts of the competition's days as they resolve: those of its last days do so up to a horizon after its end, and until then a finished board's Brier still changes.";

/** What is different where no bell rings. */
const NEVER_CLOSES =
  'This market never closes: its days are UTC days, orders are decided at 23:30 for the open at midnight, and units are whole, so that an account must be able to buy one.';

interface Skill {
  readonly forecasts: number;
  readonly answered: number;
  readonly scored: number;
  readonly brier: number | null;
}

export interface BoardRow extends PaperMetrics, Skill {
  readonly rank: number;
  readonly account: string;
  readonly kind: AccountRow['kind'];
}

const skillOfOne = (tally: ModelTally | undefined): Skill => ({
  forecasts: tally?.forecasts ?? 0,
  answered: tally?.answered ?? 0,
  scored: tally?.scored ?? 0,
  brier: tally?.brier ?? null,
});

/** Brier score of the pool that the account trades. */
const skillOfPool = async (
  client: ConclaveClient,
  scope: TallyScope,
  models: readonly string[],
): Promise<Skill> => {
  const scored = await client.stores.competitions.scoredForecasts(scope, models);
  const losses = scored.map(
    ({ yes, probabilities }) => (extremizedLogOddsPool(probabilities) - (yes ? 1 : 0)) ** 2,
  );
  const brier = losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return { forecasts: scored.length, answered: scored.length, scored: scored.length, brier };
};

interface Rows {
  readonly orders: readonly OrderRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly tallies: ReadonlyMap<string, ModelTally>;
  readonly researchPerAccount: number;
}

const metricsOf = (account: AccountRow, definition: CompetitionDefinition, rows: Rows): PaperMetrics =>
  paperMetrics({
    startCashMicroUsd: definition.rules.startCashMicroUsd,
    days: rows.snapshots.filter(({ accountId }) => accountId === account.id),
    realized: rows.orders.flatMap((order) =>
      order.accountId === account.id && order.realizedMicroUsd !== null ? [order.realizedMicroUsd] : [],
    ),
    modelCostMicroUsd:
      account.models.reduce((sum, model) => sum + (rows.tallies.get(model)?.costMicroUsd ?? 0), 0) +
      (account.kind === 'model' ? rows.researchPerAccount : 0),
    daysPerYear: tradingDaysPerYear(definition.market as Market),
  });

const noSkill: Skill = { forecasts: 0, answered: 0, scored: 0, brier: null };

const boardOf = async (
  client: ConclaveClient,
  row: CompetitionRow,
  accounts: readonly AccountRow[],
  rows: Rows,
): Promise<readonly BoardRow[]> => {
  const definition = row.definition as CompetitionDefinition;
  const scope = scopeOf(row);
  const skillOf = async ({ models }: AccountRow): Promise<Skill> => {
    if (models.length === 0 || scope === null) return noSkill;
    return models.length === 1
      ? skillOfOne(rows.tallies.get(models[0]!))
      : skillOfPool(client, scope, models);
  };
  const unranked = await Promise.all(
    accounts.map(async (account) => ({
      account: account.name,
      kind: account.kind,
      ...metricsOf(account, definition, rows),
      ...(await skillOf(account)),
    })),
  );
  return unranked
    .sort((a, b) => b.returnAfterModelCost - a.returnAfterModelCost || (a.account < b.account ? -1 : 1))
    .map((each, index) => ({ rank: index + 1, ...each }));
};

const shownOrder = (names: ReadonlyMap<string, string>, order: OrderRow) => ({
  account: names.get(order.accountId) ?? order.accountId,
  symbol: order.symbol,
  side: order.side,
  quantity: order.quantity,
  placedOn: order.placedOn,
  probability: order.probability,
  baseRate: order.priceOfYes,
  reason: order.reason,
  status: order.status,
  filledOn: order.filledOn,
  filledQuantity: order.filledQuantity,
  openUsd: order.openMicroUsd === null ? null : formatUsd(order.openMicroUsd),
  fillUsd: order.fillMicroUsd === null ? null : formatUsd(order.fillMicroUsd),
  feeUsd: formatUsd(order.feeMicroUsd),
  realizedUsd: order.realizedMicroUsd === null ? null : formatUsd(order.realizedMicroUsd),
  note: order.note,
});

const shownSnapshot = (names: ReadonlyMap<string, string>, snapshot: SnapshotRow) => ({
  account: names.get(snapshot.accountId) ?? snapshot.accountId,
  date: snapshot.date,
  cashUsd: formatUsd(snapshot.cashMicroUsd),
  positionsUsd: formatUsd(snapshot.positionsMicroUsd),
  equityUsd: formatUsd(snapshot.equityMicroUsd),
  tradedUsd: formatUsd(snapshot.tradedMicroUsd),
  feesUsd: formatUsd(snapshot.feesMicroUsd),
});

const shownRow = ({ equityMicroUsd, feesMicroUsd, modelCostMicroUsd, ...row }: BoardRow) => ({
  ...row,
  equityUsd: formatUsd(equityMicroUsd),
  feesUsd: formatUsd(feesMicroUsd),
  modelCostUsd: formatUsd(modelCostMicroUsd),
});

/** When the forecasts of its days are made: before the open, which in a market that never closes is the day before. */
const periodOf = ({ market, from, to }: CompetitionDefinition): Pick<TallyScope, 'from' | 'to'> =>
  isAlwaysOpen(market as Market)
    ? { from: `${addDays(from, -1)}T12:00:00.000Z`, to: `${to}T12:00:00.000Z` }
    : { from: `${from}T00:00:00.000Z`, to: `${addDays(to, 1)}T00:00:00.000Z` };

/** Live competitions of other horizons ask about the same symbols in the same world. */
const spansOf = ({ market, from, to, rules }: CompetitionDefinition): readonly string[] =>
  questionSpans(market as Market, { from, to, horizonDays: rules.horizonDays }).map((span) => span.join('/'));

const scopeOf = (row: CompetitionRow): TallyScope | null => {
  const definition = row.definition as CompetitionDefinition;
  const subjects = definition.symbols.map(equitySubject);
  return row.world === null
    ? null
    : {
        ...{ world: row.world, competitionId: row.id, subjects, ...periodOf(definition) },
        spans: definition.prices === null ? spansOf(definition) : null,
      };
};

const NO_RESEARCH = { sessions: 0, reads: 0, costMicroUsd: 0 };

/** The whole competition. @throws BadInput for an unknown one. */
export const competitionDocument = async (client: ConclaveClient, id: string) => {
  const store = client.stores.competitions;
  const row = await findCompetition(client, id);
  const { prices, ...definition } = row.definition as CompetitionDefinition;
  const [accounts, orders, snapshots, positions] = await Promise.all([
    store.accounts(id),
    store.orders(id),
    store.snapshots(id),
    store.positions(id),
  ]);
  const scope = scopeOf(row);
  const tallies = scope ? await store.modelTallies(scope) : [];
  const research = scope ? await store.research(scope) : NO_RESEARCH;
  const players = accounts.filter(({ kind }) => kind === 'model').length;
  const board = await boardOf(client, row, accounts, {
    orders,
    snapshots,
    tallies: new Map(tallies.map((tally) => [tally.model, tally])),
    researchPerAccount: players === 0 ? 0 : Math.ceil(research.costMicroUsd / players),
  });
  const names = new Map(accounts.map((account) => [account.id, account.name]));
  return {
    competitionId: id,
    world: row.world,
    /** On made-up prices, also before it has entered its world. */
    synthetic: (row.world ?? definition.liveWorld) === SYNTHETIC_WORLD,
    status: row.status,
    market: definition.market,
    from: definition.from,
    to: definition.to,
    symbols: definition.symbols,
    live: prices === null,
    pricesHash: prices?.hash ?? null,
    rules: { ...definition.rules, startCashUsd: formatUsd(definition.rules.startCashMicroUsd) },
    research: { ...research, savedShare: research.reads === 0 ? 0 : 1 - research.sessions / research.reads },
    board: board.map(shownRow),
    refused: positions.flatMap(({ accountId, symbol, frozen }) =>
      frozen === null ? [] : [{ account: names.get(accountId) ?? accountId, symbol, reason: frozen }],
    ),
    orders: orders.map((order) => shownOrder(names, order)),
    snapshots: snapshots.map((snapshot) => shownSnapshot(names, snapshot)),
    notes: [
      ...NOTES,
      ...(prices === null ? [LIVE_JUMPS, LIVE_SCORES] : [REPLAY_JUMPS, REPLAY_SCORES]),
      ...(isAlwaysOpen(definition.market as Market) ? [NEVER_CLOSES] : []),
    ],
  };
};

export type CompetitionDocument = Awaited<ReturnType<typeof competitionDocument>>;
