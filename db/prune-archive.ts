// Old rows into a file before they are deleted, and back again. Both are one transaction: the rows that leave are
// the rows that were written and read again, and a file that is cut or changed puts nothing back.
import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import { PRUNE_KINDS, type PruneKind } from '../domain/settings/retention-settings';
import {
  type BackupLine,
  checkRowFile,
  type RowFileHeader,
  readRowFile,
  writeBackupFile,
} from './backup-file';
import { PRUNED_TABLES, type PrunedTable } from './prune-store';

const FORMAT = 'conclave-archive-1';
const FETCHED = 1_000;
const BATCH_ROWS = 500;

/** The instant of each kind before which its rows are old; kinds without one are left alone. */
export type Cutoffs = Readonly<Partial<Record<PruneKind, string>>>;

interface ArchiveHeader extends RowFileHeader {
  readonly format: typeof FORMAT;
  /** ISO-8601 UTC, of the database's clock. */
  readonly createdAt: string;
  readonly before: Cutoffs;
}

export type RowsByKind = Readonly<Partial<Record<PruneKind, number>>>;

/** Runs `work` in one transaction that sees one state of the database. */
const inOneState = async <T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: databaseUrl, application_name: 'conclave prune' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read');
    await client.query(`set local timezone = 'UTC'; set local extra_float_digits = 1`);
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    // What is not committed is undone with the connection.
    await client.end();
  }
};

/** Rows as JSON by column name, so that they can be read by people and by later schemas. */
async function* oldRows(client: Client, { name, old }: PrunedTable, before: string): AsyncGenerator<string> {
  await client.query(
    `declare old no scroll cursor for select to_jsonb(t)::text as row from ${name} t where ${old}`,
    [before],
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${FETCHED} from old`);
    for (const { row } of rows) yield row;
    if (rows.length < FETCHED) break;
  }
  await client.query('close old');
}

/** The rows of each kind, which are deleted as soon as they were read: what one kind leaves decides for the next. */
async function* leavingRows(
  client: Client,
  before: Cutoffs,
  removed: Partial<Record<PruneKind, number>>,
): AsyncGenerator<BackupLine> {
  for (const kind of PRUNE_KINDS.filter((each) => before[each] !== undefined)) {
    for (const table of PRUNED_TABLES[kind]) {
      yield { table: table.name };
      yield* oldRows(client, table, before[kind]!);
    }
    for (const { name, old } of [...PRUNED_TABLES[kind]].reverse()) {
      const { rowCount } = await client.query(`delete from ${name} t where ${old}`, [before[kind]]);
      removed[kind] = (removed[kind] ?? 0) + (rowCount ?? 0);
    }
  }
}

const total = (rows: RowsByKind): number => Object.values(rows).reduce((sum, count) => sum + count, 0);

/**
 * Writes the old rows to a new file and deletes them; the deletion holds once the file was read back whole.
 * @throws when the file exists or cannot be written, and the driver's errors; nothing is deleted then, and no file
 * is left.
 */
export const archiveAndPrune = (databaseUrl: string, path: string, before: Cutoffs): Promise<RowsByKind> =>
  inOneState(databaseUrl, async (client) => {
    const { rows } = await client.query<{ now: Date }>('select now() as now');
    const header: ArchiveHeader = { format: FORMAT, createdAt: rows[0]!.now.toISOString(), before };
    const removed: Partial<Record<PruneKind, number>> = {};
    const written = await writeBackupFile(path, header, leavingRows(client, before, removed));
    try {
      await checkRowFile<ArchiveHeader>(path, FORMAT);
      if (total(removed) !== written)
        throw new Error(`${written} rows were written, but ${total(removed)} would have been deleted`);
      return removed;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  });

/** The table's own columns among those of the row: others may have come or gone since. */
const sharedColumns = async (client: Client, table: string, row: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [`public.${client.escapeIdentifier(table)}`],
  );
  const own = new Set(rows.map(({ name }) => name));
  return Object.keys(JSON.parse(row) as object).filter((name) => own.has(name));
};

const insert = async (client: Client, table: string, rows: readonly string[]): Promise<number> => {
  if (rows.length === 0) return 0;
  const columns = (await sharedColumns(client, table, rows[0]!)).map((each) => client.escapeIdentifier(each));
  const name = client.escapeIdentifier(table);
  const { rowCount } = await client.query(
    `insert into ${name} (${columns.join(', ')}) overriding system value
     select ${columns.map((column) => `r.${column}`).join(', ')}
     from unnest($1::jsonb[]) j cross join lateral jsonb_populate_record(null::${name}, j) r
     on conflict do nothing`,
    [rows],
  );
  return rowCount ?? 0;
};

export interface PutBack {
  /** When the archive was made. */
  readonly createdAt: string;
  readonly rows: number;
  /** Rows of the file that were there already. */
  readonly present: number;
}

/** Puts the rows of an archive back. Rows that are there stay as they are. @throws BrokenBackup */
export const putBack = async (databaseUrl: string, path: string): Promise<PutBack> => {
  const { createdAt } = await checkRowFile<ArchiveHeader>(path, FORMAT);
  const known = new Set(Object.values(PRUNED_TABLES).flatMap((tables) => tables.map(({ name }) => name)));
  return inOneState(databaseUrl, async (client) => {
    let table = '';
    let batch: string[] = [];
    let read = 0;
    let rows = 0;
    const flush = async (): Promise<void> => {
      rows += await insert(client, table, batch);
      batch = [];
    };
    for await (const line of readRowFile<ArchiveHeader>(path, FORMAT)) {
      if (typeof line === 'string') {
        read += 1;
        batch.push(line);
        if (batch.length >= BATCH_ROWS) await flush();
      } else if ('table' in line) {
        await flush();
        if (!known.has(line.table)) throw new Error(`the archive names the unknown table "${line.table}"`);
        table = line.table;
      }
    }
    await flush();
    return { createdAt, rows, present: read - rows };
  });
};
