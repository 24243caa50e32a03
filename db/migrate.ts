// Applies the forward-only migrations. Every process may call it at start: one does the work, the others wait.
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { type Sql, sqlOn } from './sql';
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

/** The database belongs to another application; nothing in it was changed. */
export class ForeignDatabase extends Error {
  override readonly name = 'ForeignDatabase';
}

/** Tables of extensions (such as those of PostGIS) belong to nobody. */
const TABLES_IN_PUBLIC = `
  select relname as name from pg_class
  where relnamespace = to_regnamespace('public') and relkind in ('r', 'p')
    and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
  order by relname limit 3`;

/** An address left over from another project must not get our tables, nor our migrations its dates. */
const assertNotForeign = async (sql: Sql): Promise<void> => {
  const known = new Set(knownMigrations());
  if ((await appliedMigrations(sql)).some((hash) => known.has(hash))) return;
  const tables = await sql.query<{ name: string }>(TABLES_IN_PUBLIC);
  if (tables.length === 0) return;
  throw new ForeignDatabase(
    `the database named by DATABASE_URL has tables of another application (${tables.map(({ name }) => name).join(', ')}) and none of Conclave's; give Conclave a database of its own, such as one made by "create database conclave"`,
  );
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
    await assertNotForeign(sqlOn(client));
    // Workers that go on meanwhile take their locks in an order of their own.
    await retryOnConflict(() => applyMigrations(drizzle(client), { migrationsFolder: folder }));
  } finally {
    // Ending the connection releases the lock too.
    await client.end();
  }
};

/**
 * Brings the database at `databaseUrl` to the newest schema, or only through its first `count` migrations.
 * @throws ForeignDatabase; the driver's error when the address is wrong or a migration fails; a failed one leaves
 * nothing behind.
 */
export const migrate = (databaseUrl: string, count?: number): Promise<void> =>
  count === undefined
    ? apply(databaseUrl, migrationsFolder())
    : withFirst(count, (folder) => apply(databaseUrl, folder));
