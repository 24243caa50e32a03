// How many rows and bytes the tables hold.
import { type Database, openDatabase } from '../../db/database';

export interface DatabaseSize {
  readonly rows: Readonly<Record<string, number>>;
  /** Tables with their indexes. */
  readonly bytes: number;
}

const sizeOf = async (db: Database): Promise<DatabaseSize> => {
  const tables = await db.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const rows: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await db.query<{ count: number }>(`select count(*) as count from "${name}"`);
    rows[name] = row!.count;
  }
  const [total] = await db.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(quote_ident(tablename)::regclass)) as bytes from pg_tables where schemaname = 'public'`,
  );
  return { rows, bytes: total!.bytes };
};

export const databaseSize = async (databaseUrl: string): Promise<DatabaseSize> => {
  const db = openDatabase(databaseUrl, { poolSize: 1 });
  try {
    return await sizeOf(db);
  } finally {
    await db.close();
  }
};

/** Rows added to each table that grew. */
export const addedRows = (before: DatabaseSize, after: DatabaseSize): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after.rows).flatMap(([name, rows]) => {
      const added = rows - (before.rows[name] ?? 0);
      return added > 0 ? [[name, added]] : [];
    }),
  );
