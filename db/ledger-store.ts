// The ledger's writes: reserve before each sending, settle to the bill after. Each is one statement, so that
// nothing can come between checking the caps and holding the money (E2, E3).
import { assertMicroUsd, type MicroUsd } from '../domain/money/micro-usd';
import type { WorldId } from '../domain/world';
import type { CapPolicy, CapScope } from './cap-record';
import { gathered } from './gathered';
import { first, type Sql } from './sql';

export type LedgerStatus = 'reserved' | 'settled' | 'void' | 'uncertain';

export interface ReserveRequest {
  /** The answer's key. */
  readonly callKey: string;
  /** 1 for the first sending of this call, and so on. */
  readonly ordinal: number;
  /** The worst case: input estimate plus the output maximum. */
  readonly amountMicroUsd: MicroUsd;
  readonly provider: string;
  readonly model: string;
  /** What it was for: `forecast`, `research`, `verify`, `panel`, ... */
  readonly feature: string;
  /** The market category, or `-`. */
  readonly category: string;
  /** The task type of the call; absent: `-`. */
  readonly task?: string;
  /** What its prompt came to by rough count, before any correction; absent where it was not counted. */
  readonly estimatedInputTokens?: number;
  readonly world: WorldId;
  /** Caps per market session and per decision cover the call when their ids are given. */
  readonly sessionId: string | null;
  readonly decisionId: string | null;
  readonly priceVersion: string;
  /** False for `house` and `recorded`: a row without money; no cap is asked. */
  readonly billed: boolean;
}

export type ReserveResult =
  | { readonly status: 'reserved'; readonly key: string }
  /** This very sending was reserved before; `rowStatus` says what became of it. */
  | { readonly status: 'already'; readonly key: string; readonly rowStatus: LedgerStatus }
  | {
      readonly status: 'refused';
      readonly cap: {
        readonly scope: CapScope;
        readonly key: string;
        readonly period: string;
        readonly policy: CapPolicy;
      };
      readonly remainingMicroUsd: MicroUsd;
    };

/** Tokens as billed; `cachedInput` and `cacheWrite` are parts of `input`, `reasoning` of `output`. */
export interface LedgerUsage {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface Settlement {
  readonly actualMicroUsd: MicroUsd;
  readonly usage: LedgerUsage | null;
  /** `answered`, or the failure kind of a call that was billed all the same. */
  readonly outcome: string;
  readonly note?: string;
}

export interface LedgerStore {
  /** Holds the amount on all covering caps or on none. */
  reserve(request: ReserveRequest): Promise<ReserveResult>;
  /** Books the truth; any excess over the reservation goes to the caps' overrun. `first` once per key. @throws Error for an unknown key. */
  settle(
    key: string,
    settlement: Settlement,
  ): Promise<{ readonly first: boolean; readonly actualMicroUsd: MicroUsd }>;
  /** Frees the reservation of a sending that never reached the provider. A settled row stays settled. */
  voidCall(
    key: string,
    outcome: string,
    note?: string,
  ): Promise<{ readonly first: boolean; readonly rowStatus: LedgerStatus }>;
  /** Keeps the amount held for a sending whose outcome is not known. */
  markUncertain(key: string, note: string): Promise<void>;
  /** Marks reservations without an end for so long; choose more than the longest attempt deadline. The number marked. */
  sweepUncertain(olderThanSeconds: number): Promise<number>;
}

/** One row per sending: `<call key>#<ordinal>`; it travels to the provider in `x-conclave-call`. */
export const ledgerKey = (callKey: string, ordinal: number): string => `${callKey}#${ordinal}`;

interface ReserveRow {
  readonly status: 'reserved' | 'already' | 'refused';
  readonly rowStatus: LedgerStatus;
  readonly capScope: CapScope;
  readonly capKey: string;
  readonly capPeriod: string;
  readonly capPolicy: CapPolicy;
  readonly remainingMicroUsd: MicroUsd;
}

const toResult = (key: string, row: ReserveRow): ReserveResult => {
  if (row.status === 'reserved') return { status: 'reserved', key };
  if (row.status === 'already') return { status: 'already', key, rowStatus: row.rowStatus };
  return {
    status: 'refused',
    cap: { scope: row.capScope, key: row.capKey, period: row.capPeriod, policy: row.capPolicy },
    remainingMicroUsd: row.remainingMicroUsd,
  };
};

const unknownKey = (key: string): Error => new Error(`ledger has no row "${key}"; reserve the call first`);

const known = <Row>(key: string, row: Row | null): Row => {
  if (row === null) throw unknownKey(key);
  return row;
};

const reserveRow = (request: ReserveRequest) => ({
  key: ledgerKey(request.callKey, request.ordinal),
  call_key: request.callKey,
  ordinal: request.ordinal,
  amount: assertMicroUsd(request.amountMicroUsd, 'amountMicroUsd'),
  world: request.world,
  provider: request.provider,
  model: request.model,
  feature: request.feature,
  category: request.category,
  session_id: request.sessionId,
  decision_id: request.decisionId,
  price_version: request.priceVersion,
  billed: request.billed,
  task: request.task ?? '-',
  estimated_input: request.estimatedInputTokens ?? null,
});

/** Calls that come together share one transaction, and with it the wait for the caps' rows and for the disk. */
const createReserve = (db: Sql): LedgerStore['reserve'] => {
  const reserve = gathered((rows: readonly ReturnType<typeof reserveRow>[]) =>
    db.query<ReserveRow>('select * from reserve_calls($1::jsonb)', [JSON.stringify(rows)], 'ledger-reserve'),
  );
  return async (request) => {
    const row = reserveRow(request);
    return toResult(row.key, await reserve(row));
  };
};

export const createLedgerStore = (db: Sql): LedgerStore => ({
  reserve: createReserve(db),

  settle: async (key, { actualMicroUsd, usage, outcome, note }) =>
    known(
      key,
      first(
        await db.query<{ first: boolean; rowStatus: LedgerStatus; actualMicroUsd: MicroUsd }>(
          'select * from settle_call($1, $2, $3, $4, $5, $6, $7, $8, $9)',
          [
            key,
            assertMicroUsd(actualMicroUsd, 'actualMicroUsd'),
            usage?.input ?? null,
            usage?.cachedInput ?? null,
            usage?.cacheWrite ?? null,
            usage?.output ?? null,
            usage?.reasoning ?? null,
            outcome,
            note ?? null,
          ],
          'ledger-settle',
        ),
      ),
    ),

  voidCall: async (key, outcome, note) =>
    known(
      key,
      first(
        await db.query<{ first: boolean; rowStatus: LedgerStatus }>('select * from void_call($1, $2, $3)', [
          key,
          outcome,
          note ?? null,
        ]),
      ),
    ),

  markUncertain: async (key, note) => {
    await db.query(
      `update ledger set status = 'uncertain', outcome = 'unknown', note = $2 where key = $1 and status = 'reserved'`,
      [key, note],
    );
  },

  sweepUncertain: async (olderThanSeconds) =>
    (
      await db.query(
        `update ledger set status = 'uncertain', outcome = 'unknown', note = 'no outcome was ever reported'
         where status = 'reserved' and reserved_at < world_now('live') - $1 * interval '1 second' returning key`,
        [olderThanSeconds],
      )
    ).length,
});
