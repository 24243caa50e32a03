// Outcomes of propositions. A correction is a new revision: the old one stays readable, the highest holds.
import type { TradablePrice } from '../domain/track/entry-price';
import type { IsoInstant } from '../domain/world';
import type { Database } from './database';
import { first, jsonb, type Sql } from './sql';

export interface NewOutcome {
  readonly propositionId: string;
  readonly status: 'resolved' | 'void';
  /** Null exactly when void. */
  readonly yes: boolean | null;
  /** The reference and resolving close under one split adjustment, where the rule compares two. */
  readonly referenceValue: number | null;
  readonly resolvingValue: number | null;
  /** Between the two, from the same reading; null as well on rows from before they were kept. */
  readonly entryPrices: readonly TradablePrice[] | null;
  /** `yahoo`, `kalshi`, `manual`, ... */
  readonly source: string;
  readonly reason: string;
  /** When the truth became public. */
  readonly resolvedAt: IsoInstant;
}

/** Of an outcome that compares no closes, or that nobody looked up. */
export const NO_PRICES = { referenceValue: null, resolvingValue: null, entryPrices: null } as const;

export interface OutcomeRow extends NewOutcome {
  /** From 1. */
  readonly revision: number;
  readonly recordedAt: IsoInstant;
}

export interface OutcomeStore {
  /** Records the first outcome; `first` is false, and the stored one returned, when there is one already. */
  record(outcome: NewOutcome): Promise<{ readonly first: boolean; readonly row: OutcomeRow }>;
  /**
   * Adds a revision that replaces the one in force; an equal one adds nothing, whatever its date unless that was given
   * (`dated`), and then keeps the closes that it does not bring. @throws RangeError when there is none to correct.
   */
  correct(outcome: NewOutcome, dated?: boolean): Promise<OutcomeRow>;
  /** Corrects to void, or records void where nothing was recorded. */
  voidOutcome(propositionId: string, reason: string, source: string): Promise<OutcomeRow>;
  current(propositionId: string): Promise<OutcomeRow | null>;
  /** Those in force of many propositions, in no promised order. */
  currentOf(propositionIds: readonly string[]): Promise<readonly OutcomeRow[]>;
  revisions(propositionId: string): Promise<readonly OutcomeRow[]>;
}

const COLUMNS = `proposition_id, revision, status, yes, reference_value, resolving_value, entry_prices, source, reason,
  resolved_at, recorded_at`;

const readCurrent = async (sql: Sql, propositionId: string): Promise<OutcomeRow | null> =>
  first(
    await sql.query<OutcomeRow>(
      `select ${COLUMNS} from outcomes where proposition_id = $1 order by revision desc limit 1`,
      [propositionId],
    ),
  );

/** Serialises writers of one proposition's outcome, which has no row to lock before the first. */
const lock = async (sql: Sql, propositionId: string): Promise<void> => {
  const found = await sql.query('select 1 from propositions where id = $1 for no key update', [
    propositionId,
  ]);
  if (found.length === 0) throw new RangeError(`proposition "${propositionId}" is unknown`);
};

const insert = async (sql: Sql, outcome: NewOutcome, revision: number): Promise<OutcomeRow> => {
  await sql.query(
    `insert into outcomes (${COLUMNS})
     select p.id, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, world_now(p.world) from propositions p where p.id = $1`,
    [
      outcome.propositionId,
      revision,
      outcome.status,
      outcome.yes,
      outcome.referenceValue,
      outcome.resolvingValue,
      jsonb(outcome.entryPrices),
      outcome.source,
      outcome.reason,
      outcome.resolvedAt,
    ],
  );
  return (await readCurrent(sql, outcome.propositionId)) as OutcomeRow;
};

/** Who only says yes or no, without closes, does not contradict those that are known. */
const sameTruth = (row: OutcomeRow, outcome: NewOutcome): boolean =>
  row.status === outcome.status &&
  row.yes === outcome.yes &&
  (outcome.referenceValue === null || row.referenceValue === outcome.referenceValue) &&
  (outcome.resolvingValue === null || row.resolvingValue === outcome.resolvingValue);

/** The same truth at another instant: what was read of the closes holds where nothing new was. */
const datedAnew = (row: OutcomeRow, outcome: NewOutcome): NewOutcome => ({
  ...outcome,
  referenceValue: outcome.referenceValue ?? row.referenceValue,
  resolvingValue: outcome.resolvingValue ?? row.resolvingValue,
  entryPrices: outcome.entryPrices ?? row.entryPrices,
});

export const createOutcomeStore = (db: Database): OutcomeStore => ({
  record: (outcome) =>
    db.transaction(async (sql) => {
      await lock(sql, outcome.propositionId);
      const row = await readCurrent(sql, outcome.propositionId);
      return row ? { first: false, row } : { first: true, row: await insert(sql, outcome, 1) };
    }),

  correct: (outcome, dated = false) =>
    db.transaction(async (sql) => {
      await lock(sql, outcome.propositionId);
      const row = await readCurrent(sql, outcome.propositionId);
      if (row === null)
        throw new RangeError(
          `proposition "${outcome.propositionId}" has no outcome to correct; record one first`,
        );
      const sameDate = !dated || Date.parse(row.resolvedAt) === Date.parse(outcome.resolvedAt);
      if (!sameTruth(row, outcome)) return insert(sql, outcome, row.revision + 1);
      return sameDate ? row : insert(sql, datedAnew(row, outcome), row.revision + 1);
    }),

  voidOutcome: (propositionId, reason, source) =>
    db.transaction(async (sql) => {
      await lock(sql, propositionId);
      const row = await readCurrent(sql, propositionId);
      if (row?.status === 'void') return row;
      const now = await sql.query<{ now: IsoInstant }>(
        'select world_now(world) as now from propositions where id = $1',
        [propositionId],
      );
      const outcome: NewOutcome = {
        propositionId,
        status: 'void',
        yes: null,
        ...NO_PRICES,
        source,
        reason,
        resolvedAt: now[0]?.now ?? '',
      };
      return insert(sql, outcome, (row?.revision ?? 0) + 1);
    }),

  current: (propositionId) => readCurrent(db, propositionId),

  currentOf: (propositionIds) =>
    db.query<OutcomeRow>(
      `select distinct on (proposition_id) ${COLUMNS} from outcomes where proposition_id = any($1::text[])
       order by proposition_id, revision desc`,
      [[...propositionIds]],
    ),

  revisions: (propositionId) =>
    db.query<OutcomeRow>(`select ${COLUMNS} from outcomes where proposition_id = $1 order by revision`, [
      propositionId,
    ]),
});
