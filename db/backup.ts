// Copies all rows as of one instant into a file, while everything runs: one read-only transaction sees a state
// that is whole. Temporal's histories are not in it; what was open is closed by the restore.
import { Client } from 'pg';
import { type BackupLine, backupHeader, writeBackupFile } from './backup-file';
import { appliedMigrations } from './migrate';
import { sqlOn } from './sql';

/** Rows fetched at a time. */
const FETCHED = 1_000;

export interface BackupResult {
  readonly createdAt: string;
  readonly tables: number;
  readonly rows: number;
}

/** Rows are written in Postgres's own text form; these settings make that form the same everywhere. */
export const ROW_TEXT_SETTINGS = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local bytea_output = 'hex'`;

const TABLES = `
  with recursive tables as (
    select c.oid, c.relname from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace),
  parents as (
    select distinct conrelid as child, confrelid as parent from pg_constraint
    where contype = 'f' and conrelid <> confrelid),
  depths as (
    select oid, relname, 0 as depth from tables
    union select t.oid, t.relname, d.depth + 1
    from depths d join parents p on p.parent = d.oid join tables t on t.oid = p.child
    where d.depth < 50)
  select relname as name from depths group by relname order by max(depth), relname`;

/** Names of the tables, each after those that its rows refer to. */
export const tableNames = async (client: Client): Promise<readonly string[]> =>
  (await client.query<{ name: string }>(TABLES)).rows.map(({ name }) => name);

const sequencesOf = async (client: Client): Promise<Readonly<Record<string, number>>> => {
  const { rows } = await client.query<{ name: string; last: string | null }>(
    `select sequencename as name, last_value as last from pg_sequences where schemaname = 'public'`,
  );
  return Object.fromEntries(rows.flatMap(({ name, last }) => (last === null ? [] : [[name, Number(last)]])));
};

async function* rowsOf(client: Client, table: string): AsyncGenerator<string> {
  const name = client.escapeIdentifier(table);
  await client.query(`declare rows no scroll cursor for select t::text as row from ${name} t`);
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${FETCHED} from rows`);
    for (const { row } of rows) yield row;
    if (rows.length < FETCHED) break;
  }
  await client.query('close rows');
}

async function* linesOf(client: Client, tables: readonly string[]): AsyncGenerator<BackupLine> {
  for (const table of tables) {
    yield { table };
    yield* rowsOf(client, table);
  }
}

/**
 * Writes every row of the database at `databaseUrl` to a new file.
 * @throws when the file exists or cannot be written, and the driver's errors.
 */
export const backUp = async (databaseUrl: string, path: string): Promise<BackupResult> => {
  const client = new Client({ connectionString: databaseUrl, application_name: 'conclave backup' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(ROW_TEXT_SETTINGS);
    const { rows } = await client.query<{ now: Date }>('select now() as now');
    const createdAt = rows[0]!.now.toISOString();
    const tables = await tableNames(client);
    const migrations = await appliedMigrations(sqlOn(client));
    if (migrations.length === 0) throw new Error('the database has no tables of Conclave to save');
    const header = backupHeader({
      createdAt,
      migrations,
      sequences: await sequencesOf(client),
    });
    return {
      createdAt,
      tables: tables.length,
      rows: await writeBackupFile(path, header, linesOf(client, tables)),
    };
  } finally {
    await client.end();
  }
};
