// What a database holds, to be compared before and after.
import type { Database } from '../../../db/database';

/** Every table's rows as Postgres writes them. */
export const contentOf = async (db: Database): Promise<Readonly<Record<string, readonly string[]>>> => {
  const tables = await db.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const entries = tables.map(async ({ name }) => {
    const rows = await db.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
    return [name, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};
