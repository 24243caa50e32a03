// The mode in force. A manual override and the rule's own verdict are kept side by side: the override wins
// while it lasts, and leaving it returns to what the rule says (F5).
import type { Mode } from '../domain/outage/modes';
import type { IsoInstant } from '../domain/world';
import type { Database } from './database';
import { assertReason } from './reason';
import { first, jsonb, type Sql } from './sql';

export interface ModeRow {
  readonly id: number;
  readonly mode: Mode;
  readonly manual: boolean;
  readonly reason: string;
  /** What the rule saw: providers out, quorum. Plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly enteredAt: IsoInstant;
  readonly leftAt: IsoInstant | null;
}

export interface ModeStore {
  /** The override if there is one, else the rule's; null before the first, which means `normal`. */
  current(): Promise<ModeRow | null>;
  /** What the rule is in, whatever a person has set above it; null before the first. */
  byRule(): Promise<ModeRow | null>;
  /**
   * Enters a mode by rule. Null when the rule's mode did not change, or when `after` is given (the row that the
   * rule started from, null for none) and another has been entered since: then the rule must look again.
   */
  enterByRule(
    entry: Pick<ModeRow, 'mode' | 'reason' | 'facts'> & { readonly after?: number | null },
  ): Promise<ModeRow | null>;
  /** Overrides by hand, e.g. `halted`. @throws RangeError without a reason. */
  override(override: { readonly mode: Mode; readonly reason: string; readonly by: string }): Promise<ModeRow>;
  /** Ends the override and keeps why, in its facts; false when there is none. @throws RangeError without a reason. */
  endOverride(end: { readonly reason: string; readonly by: string }): Promise<boolean>;
  /** Newest first. */
  history(limit?: number): Promise<readonly ModeRow[]>;
}

const COLUMNS = 'id, mode, manual, reason, facts, entered_at, left_at';

/** Under which modes are entered. */
const MODES_LOCK = '4021500118';

type Entry = Pick<ModeRow, 'mode' | 'manual' | 'reason' | 'facts'> & { readonly after?: number | null };

const openRow = async (sql: Sql, manual: boolean): Promise<ModeRow | null> =>
  first(
    await sql.query<ModeRow>(`select ${COLUMNS} from modes where manual = $1 and left_at is null`, [manual]),
  );

const enter = async (sql: Sql, entry: Entry) => {
  await sql.query('select pg_advisory_xact_lock($1)', [MODES_LOCK]);
  const open = await openRow(sql, entry.manual);
  if (open?.mode === entry.mode) return null;
  if (entry.after !== undefined && entry.after !== (open?.id ?? null)) return null;
  await sql.query('update modes set left_at = clock_timestamp() where id = $1', [open?.id ?? null]);
  return first(
    await sql.query<ModeRow>(
      `insert into modes (mode, manual, reason, facts, entered_at)
       values ($1, $2, $3, $4::jsonb, clock_timestamp()) returning ${COLUMNS}`,
      [entry.mode, entry.manual, entry.reason, jsonb(entry.facts)],
    ),
  );
};

const current = async (sql: Sql): Promise<ModeRow | null> =>
  first(
    await sql.query<ModeRow>(
      `select ${COLUMNS} from modes where left_at is null order by manual desc limit 1`,
      [],
      'mode-current',
    ),
  );

/** The mode in force, which no other follows until the transaction has ended. */
export const modeHeld = async (sql: Sql): Promise<ModeRow | null> => {
  await sql.query('select pg_advisory_xact_lock_shared($1)', [MODES_LOCK]);
  return current(sql);
};

export const createModeStore = (db: Database): ModeStore => ({
  current: () => current(db),
  byRule: () => openRow(db, false),
  enterByRule: (entry) => db.transaction((sql) => enter(sql, { ...entry, manual: false })),
  override: async ({ mode, reason, by }) => {
    assertReason(reason, 'the mode changes');
    const entered = await db.transaction((sql) => enter(sql, { mode, manual: true, reason, facts: { by } }));
    return entered ?? ((await current(db)) as ModeRow);
  },
  endOverride: async (lifted) => {
    assertReason(lifted.reason, 'the mode changes');
    const ended = await db.query(
      `update modes set left_at = clock_timestamp(), facts = facts || $1::jsonb
         where manual and left_at is null returning id`,
      [jsonb({ lifted })],
    );
    return ended.length === 1;
  },
  history: (limit = 100) =>
    db.query<ModeRow>(`select ${COLUMNS} from modes order by id desc limit $1`, [limit]),
});
