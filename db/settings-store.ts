// Settings changed at run time: the next decision reads the new value; every change is kept.
import type { IsoInstant } from '../domain/world';
import type { Database } from './database';
import { first, jsonb } from './sql';

export interface SettingRow {
  readonly key: string;
  readonly category: string;
  /** Any JSON. */
  readonly value: unknown;
  readonly updatedAt: IsoInstant;
}

export interface SettingChange {
  readonly key: string;
  readonly oldValue: unknown;
  /** Null when the setting was unset. */
  readonly newValue: unknown;
  readonly reason: string;
  readonly changedAt: IsoInstant;
}

export interface SettingsStore {
  get(key: string): Promise<SettingRow | null>;
  /** All settings, or those of one category, by key. */
  list(category?: string): Promise<readonly SettingRow[]>;
  /** Sets a value and records the change; an equal value changes nothing. */
  set(setting: {
    readonly key: string;
    readonly category: string;
    readonly value: unknown;
    readonly reason?: string;
  }): Promise<void>;
  /** Back to the default. False when it was not set. */
  unset(key: string, reason?: string): Promise<boolean>;
  /** Newest first. */
  history(key?: string, limit?: number): Promise<readonly SettingChange[]>;
}

const COLUMNS = 'key, category, value, updated_at';

export const createSettingsStore = (db: Database): SettingsStore => ({
  get: async (key) =>
    first(await db.query<SettingRow>(`select ${COLUMNS} from settings where key = $1`, [key])),

  list: (category) =>
    db.query<SettingRow>(
      `select ${COLUMNS} from settings where ($1::text is null or category = $1) order by key`,
      [category ?? null],
    ),

  set: ({ key, category, value, reason }) =>
    db.transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock(4021500117)');
      const old = first(await sql.query<SettingRow>(`select ${COLUMNS} from settings where key = $1`, [key]));
      const changed = await sql.query(
        `insert into settings (${COLUMNS}) values ($1, $2, $3::jsonb, clock_timestamp())
         on conflict (key) do update
         set category = excluded.category, value = excluded.value, updated_at = excluded.updated_at
         where settings.value <> excluded.value or settings.category <> excluded.category returning key`,
        [key, category, JSON.stringify(value)],
      );
      if (changed.length === 0) return;
      await sql.query(
        `insert into settings_history (key, old_value, new_value, reason, changed_at)
         values ($1, $2::jsonb, $3::jsonb, $4, clock_timestamp())`,
        [key, old === null ? null : JSON.stringify(old.value), JSON.stringify(value), reason ?? ''],
      );
    }),

  unset: (key, reason) =>
    db.transaction(async (sql) => {
      const removed = await sql.query<{ value: unknown }>(
        'delete from settings where key = $1 returning value',
        [key],
      );
      const row = first(removed);
      if (row === null) return false;
      await sql.query(
        `insert into settings_history (key, old_value, new_value, reason, changed_at)
         values ($1, $2::jsonb, null, $3, clock_timestamp())`,
        [key, jsonb(row.value), reason ?? ''],
      );
      return true;
    }),

  history: (key, limit = 100) =>
    db.query<SettingChange>(
      `select key, old_value, new_value, reason, changed_at from settings_history
       where ($1::text is null or key = $1) order by id desc limit $2`,
      [key ?? null, limit],
    ),
});
