// A backup and what comes of it: the same rows to the last bit, or nothing at all.
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { backUp } from '../../../db/backup';
import { BrokenBackup, backupHeader, writeBackupFile } from '../../../db/backup-file';
import { type Database, openDatabase } from '../../../db/database';
import { findViolations } from '../../../db/invariants';
import { knownMigrations, migrate } from '../../../db/migrate';
import { RestoreRefused, restore } from '../../../db/restore';
import { bareDatabase, type FreshDatabase } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { contentOf } from './table-content';

const folder = mkdtempSync(join(tmpdir(), 'conclave-backup-'));
const FILE = join(folder, 'whole.backup');

let source: TestDatabase;
let bare: FreshDatabase;
let target: Database;

const HARD_VALUES = `
  insert into settings values
    ('null', 'c', 'null', '2026-03-29T01:59:59.123456Z'),
    ('text', 'c', to_jsonb(E'line\\none, "two"\\\\ (three) , \\u00fc \\U0001F4C8'::text), now()),
    ('number', 'c', '12345678901234567890.123456789', now());
  insert into worlds (id, kind) values ('backup-test', 'synthetic');
  insert into market_sessions (id, world, market, date, kind, status, decision_at, stake_micro_usd, subjects, mode, synthetic, started_at)
    values ('open', 'backup-test', 'XNYS', '2026-11-20', 'open', 'running', now(), 1, '["equity:A"]', 'normal', true, now());
  insert into api_tokens (id, name, token_hash, scope, created_at, revoked_at)
    values ('live', 'n', 'a', 'admin', now(), null), ('revoked', 'n', 'b', 'admin', now(), now());
  insert into schedule_syncs (fingerprint, cause, changes, synced_at) values ('f', 'person', '[]', now());
  insert into alerts (kind, episode, severity, title, details, raised_at)
    select 'k', 'e' || n, 'info', 't', '{}', now() from generate_series(1, 1200) n;
  insert into alert_deliveries (alert_id, moment, channel, due_at, delivered_at)
    values (1, 'raised', 'hook', now(), null), (2, 'raised', 'hook', now(), now());
  insert into deliveries (kind, ref, channel, made_at, due_at) values ('decision', 'd', 'hook', now(), now());`;

beforeAll(async () => {
  source = await freshTestDatabase(4);
  await source.db.pool.query(HARD_VALUES);
}, STACK_START_MS);

afterAll(async () => {
  await source.drop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  bare = await bareDatabase();
  target = openDatabase(bare.url, { poolSize: 2 });
});

afterEach(async () => {
  await target.close();
  await bare.drop();
});

const isEmpty = async (): Promise<boolean> =>
  (await target.query(`select 1 from pg_tables where schemaname in ('public', 'drizzle')`)).length === 0;

describe('a restored copy', () => {
  it('has the same rows to the last bit, with what was under way closed and nothing to run by itself', async () => {
    const saved = await backUp(source.url, FILE);
    const before = await contentOf(source.db);
    const result = await restore(bare.url, FILE);
    const { market_sessions: sessions, ...after } = await contentOf(target);
    expect(result).toMatchObject({ createdAt: saved.createdAt, rows: saved.rows, closed: 1, liveTokens: 1 });
    expect(result.migrated).toBe(0);
    const outboxes = { alert_deliveries: undefined, deliveries: undefined };
    expect({ ...after, ...outboxes }).toEqual({
      ...{ ...before, ...outboxes },
      ...{ market_sessions: undefined, schedule_syncs: [] },
    });
    expect(sessions).toHaveLength(1);
    expect(sessions![0]).toContain('was under way when the backup was made');
  });

  it('sends nothing that its source was about to send', async () => {
    await restore(bare.url, FILE);
    const waiting = { delivered_at: null, gave_up_at: null };
    for (const outbox of ['deliveries', 'alert_deliveries']) {
      const { rows } = await target.pool.query(`select delivered_at, gave_up_at, last_error from ${outbox}`);
      for (const row of rows) expect(row).not.toMatchObject(waiting);
      expect(rows.map((row) => row.last_error)).toContain('was under way when the backup was made');
    }
  });

  it('passes the invariants that its source, with open work, did not', async () => {
    const violations = await findViolations(source.db, { drainSeconds: 0 });
    expect(violations.map(({ invariant }) => invariant)).toEqual(['session-never-ended']);
    await restore(bare.url, FILE);
    expect(await findViolations(target, { drainSeconds: 0 })).toEqual([]);
  });

  it('counts on where its source stood', async () => {
    await restore(bare.url, FILE);
    const next = `insert into alerts (kind, episode, severity, title, details, raised_at)
      values ('k', 'next', 'info', 't', '{}', now()) returning id`;
    expect(await target.query(next)).toEqual([{ id: 1201 }]);
  });
});

describe('a backup of an older version', () => {
  it('is brought to the newest schema', async () => {
    const old = await bareDatabase();
    const file = join(folder, 'old.backup');
    try {
      await migrate(old.url, 3);
      const db = openDatabase(old.url, { poolSize: 1 });
      await db.query(`insert into settings values ('kept', 'c', '1', now())`);
      await db.close();
      await backUp(old.url, file);
      const result = await restore(bare.url, file);
      expect(result.migrated).toBe(knownMigrations().length - 3);
      expect(await target.query(`select value from settings where key = 'kept'`)).toEqual([{ value: 1 }]);
      expect(Object.keys(await contentOf(target))).toEqual(Object.keys(await contentOf(source.db)));
    } finally {
      await old.drop();
    }
  });
});

describe('nothing is restored', () => {
  const refusal = async (file: string): Promise<unknown> =>
    restore(bare.url, file).catch((error: unknown) => error);

  it('from a file that was cut', async () => {
    const file = join(folder, 'cut.backup');
    writeFileSync(file, readFileSync(FILE));
    truncateSync(file, 2_000);
    expect(await refusal(file)).toBeInstanceOf(BrokenBackup);
    expect(await isEmpty()).toBe(true);
  });

  it('from a file in which one row was changed', async () => {
    const file = join(folder, 'changed.backup');
    writeFileSync(
      file,
      gzipSync(gunzipSync(readFileSync(FILE)).toString().replace('backup-test', 'backup-tess')),
    );
    expect(await refusal(file)).toEqual(new BrokenBackup('its content was changed'));
    expect(await isEmpty()).toBe(true);
  });

  it('from a file that names a table of the system', async () => {
    const file = join(folder, 'catalog.backup');
    const createdAt = new Date().toISOString();
    const header = backupHeader({ createdAt, migrations: knownMigrations(), sequences: {} });
    await writeBackupFile(
      file,
      header,
      (async function* () {
        yield { table: 'pg_ts_template' };
      })(),
    );
    const described = 'select count(*)::int as count from pg_catalog.pg_ts_template';
    const before = await target.query(described);
    expect(await refusal(file)).toEqual(
      new BrokenBackup('it names a table that this version does not have: "pg_ts_template"'),
    );
    expect(await target.query(described)).toEqual(before);
    expect(await isEmpty()).toBe(true);
  });

  it('from a file that is something else', async () => {
    const file = join(folder, 'other.backup');
    writeFileSync(file, 'symbol,time\n');
    expect(await refusal(file)).toBeInstanceOf(BrokenBackup);
  });

  it('from a version with migrations that this one does not have', async () => {
    const file = join(folder, 'newer.backup');
    const newer = await bareDatabase();
    try {
      await migrate(newer.url);
      const db = openDatabase(newer.url, { poolSize: 1 });
      await db.query(
        `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)`,
      );
      await db.close();
      await backUp(newer.url, file);
      expect(await refusal(file)).toBeInstanceOf(RestoreRefused);
      expect(await isEmpty()).toBe(true);
    } finally {
      await newer.drop();
    }
  });

  it('into a database that has tables, which stay as they are', async () => {
    await target.query('create table mine (a int)');
    expect(await refusal(FILE)).toBeInstanceOf(RestoreRefused);
    expect(await contentOf(target)).toEqual({ mine: [] });
  });
});

it('a backup never overwrites a file', async () => {
  const file = join(folder, 'there');
  writeFileSync(file, 'mine');
  await expect(backUp(source.url, file)).rejects.toThrow('EEXIST');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

it('a backup that fails leaves no file behind', async () => {
  const file = join(folder, 'failed');
  await expect(backUp(bare.url, file)).rejects.toThrow();
  expect(existsSync(file)).toBe(false);
});
