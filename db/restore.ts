// Puts a backup into an empty database: the schema as it was then, the rows, what was open closed, and then the
// migrations made since. Nothing that is there is ever overwritten, and a failure leaves the database empty.
import { Client } from 'pg';
import { ROW_TEXT_SETTINGS, tableNames } from './backup';
import {
  type BackupHeader,
  type BackupLine,
  BrokenBackup,
  checkBackupFile,
  readBackupFile,
} from './backup-file';
import { closeOpenWork } from './close-open-work';
import { knownMigrations, migrate } from './migrate';
import { sqlOn } from './sql';

/** A batch of rows is sent when it has so many, or so many characters. */
const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 4_000_000;

/** The backup cannot be restored here; the message says why and what to do. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

export interface RestoreResult {
  /** When the backup was made. */
  readonly createdAt: string;
  readonly rows: number;
  /** Work that was under way then, and cannot go on. */
  readonly closed: number;
  /** API tokens that were live when the backup was made, and are again, whatever was revoked since. */
  readonly liveTokens: number;
  /** Migrations that the backup had not seen. */
  readonly migrated: number;
}

const assertEmpty = async (client: Client): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S', 'p')
     union all select nspname from pg_namespace where nspname = 'drizzle' limit 1`,
  );
  if (rows[0])
    throw new RestoreRefused(
      `the database is not empty (it has "${rows[0].name}"); accepted: one without tables, such as that of a new data folder`,
    );
};

const assertKnown = (header: BackupHeader, known: readonly string[]): void => {
  if (header.migrations.every((hash, index) => known[index] === hash)) return;
  throw new RestoreRefused(
    'the backup was made by another version, with migrations that this one does not have; restore it with that version or a newer one',
  );
};

/** Without the schema a name of the system's catalogs would mean those. */
const qualified = (client: Client, table: string): string => `public.${client.escapeIdentifier(table)}`;

const insert = async (client: Client, table: string, rows: readonly string[]): Promise<void> => {
  const name = qualified(client, table);
  // "offset 0" has each text read once, not once per column.
  await client.query(
    `insert into ${name} overriding system value
     select (r.row).* from (select t::${name} as row from unnest($1::text[]) t offset 0) r`,
    [rows],
  );
};

const isRow = (line: BackupHeader | BackupLine): line is string => typeof line === 'string';

const load = async (client: Client, path: string): Promise<number> => {
  const known = await tableNames(client);
  let table = '';
  let batch: string[] = [];
  let characters = 0;
  let total = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await insert(client, table, batch);
    total += batch.length;
    batch = [];
    characters = 0;
  };
  for await (const line of readBackupFile(path)) {
    if (isRow(line)) {
      batch.push(line);
      characters += line.length;
      if (batch.length >= BATCH_ROWS || characters >= BATCH_CHARACTERS) await flush();
    } else if ('table' in line) {
      await flush();
      table = line.table;
      if (!known.includes(table))
        throw new BrokenBackup(`it names a table that this version does not have: "${table.slice(0, 63)}"`);
      // A migration may have put rows there; those of the backup are the whole truth.
      await client.query(`delete from ${qualified(client, table)}`);
    }
  }
  await flush();
  return total;
};

const setSequences = async (client: Client, sequences: BackupHeader['sequences']): Promise<void> => {
  for (const [name, last] of Object.entries(sequences))
    await client.query('select setval($1::regclass, $2)', [`public.${client.escapeIdentifier(name)}`, last]);
};

const fill = async (client: Client, path: string, header: BackupHeader) => {
  await client.query('begin');
  await client.query(ROW_TEXT_SETTINGS);
  const rows = await load(client, path);
  await setSequences(client, header.sequences);
  await client.query('commit');
  return rows;
};

const liveTokens = async (client: Client): Promise<number> =>
  (await client.query('select 1 from api_tokens where revoked_at is null')).rowCount ?? 0;

const empty = async (client: Client): Promise<void> => {
  await client.query('rollback');
  await client.query('drop schema if exists drizzle cascade');
  await client.query('drop schema public cascade');
  await client.query('create schema public');
};

/**
 * Restores the file into the empty database at `databaseUrl`.
 * @throws BrokenBackup, RestoreRefused, or the driver's errors; the database is empty then.
 */
export const restore = async (databaseUrl: string, path: string): Promise<RestoreResult> => {
  const header = await checkBackupFile(path);
  const known = knownMigrations();
  assertKnown(header, known);
  const client = new Client({ connectionString: databaseUrl, application_name: 'conclave restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await assertEmpty(client);
    try {
      await migrate(databaseUrl, header.migrations.length);
      const rows = await fill(client, path, header);
      await migrate(databaseUrl);
      const closed = await closeOpenWork(sqlOn(client));
      return {
        ...{ createdAt: header.createdAt, rows, closed, liveTokens: await liveTokens(client) },
        migrated: known.length - header.migrations.length,
      };
    } catch (error) {
      await empty(client);
      throw error;
    }
  } finally {
    await client.end();
  }
};
