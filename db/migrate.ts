// Applies the forward-only migrations. Every process may call it at start: one does the work, the others wait.
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import type { Sql } from './sql';
import { retryOnConflict } from './transaction';

/** Any number no one else uses as an advisory lock in this database. */
const MIGRATION_LOCK = 4_021_500_113;

/** The folder beside this file when run from source, the package's own when run from dist/. */
const migrationsFolder = (): string => {
  const here = join(__dirname, 'migrations');
  return existsSync(here) ? here : join(__dirname, '..', '..', 'db', 'migrations');
};

/** Hashes of the migrations of this version, in their order. */
export const knownMigrations = (): readonly string[] =>
  readMigrationFiles({ migrationsFolder: migrationsFolder() }).map(({ hash }) => hash);

/** Hashes of the migrations that a database has gone through, in their order; none where none has been applied. */
export const appliedMigrations = async (sql: Sql): Promise<readonly string[]> => {
  const [table] = await sql.query<{ present: boolean }>(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as present`,
  );
  if (!table?.present) return [];
  const rows = await sql.query<{ hash: string }>(
    'select hash from drizzle.__drizzle_migrations order by created_at',
  );
  return rows.map(({ hash }) => hash);
};

/** Runs `work` with a folder that holds the first `count` migrations only. */
const withFirst = async <T>(count: number, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-migrations-'));
  try {
    await cp(migrationsFolder(), folder, { recursive: true });
    const file = join(folder, 'meta', '_journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8')) as { readonly entries: readonly unknown[] };
    await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const apply = async (databaseUrl: string, folder: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl, application_name: 'conclave migrate' });
  // The statement under way is refused; an event that nobody hears would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // Workers that go on meanwhile take their locks in an order of their own.
    await retryOnConflict(() => applyMigrations(drizzle(client), { migrationsFolder: folder }));
  } finally {
    // Ending the connection releases the lock too.
    await client.end();
  }
};

/**
 * Brings the database at `databaseUrl` to the newest schema, or only through its first `count` migrations.
 * @throws the driver's error when the address is wrong or a migration fails; a failed one leaves nothing behind.
 */
export const migrate = (databaseUrl: string, count?: number): Promise<void> =>
  count === undefined
    ? apply(databaseUrl, migrationsFolder())
    : withFirst(count, (folder) => apply(databaseUrl, folder));
