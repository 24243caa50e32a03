// How many rows and bytes the tables hold.
import { type Database, openDatabase } from '../../db/database';

export interface DatabaseSize {
  readonly rows: Readonly<Record<string, number>>;
  /** Of each table with its indexes. */
  readonly bytes: Readonly<Record<string, number>>;
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
  const sizes = await db.query<{ name: string; bytes: number }>(
    `select tablename as name, pg_total_relation_size(quote_ident(tablename)::regclass) as bytes
     from pg_tables where schemaname = 'public'`,
  );
  return { rows, bytes: Object.fromEntries(sizes.map(({ name, bytes }) => [name, bytes])) };
};

export const databaseSize = async (databaseUrl: string): Promise<DatabaseSize> => {
  const db = openDatabase(databaseUrl, { poolSize: 1 });
  try {
    return await sizeOf(db);
  } finally {
    await db.close();
  }
};

/** What was added to each table that grew. */
export const added = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, count]) => {
      const more = count - (before[name] ?? 0);
      return more > 0 ? [[name, more]] : [];
    }),
  );
