// Applies the forward-only migrations. Every process may call it at start: one does the work, the others wait.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';

/** Any number no one else uses as an advisory lock in this database. */
const MIGRATION_LOCK = 4_021_500_113;

/** The folder beside this file when run from source, the package's own when run from dist/. */
const migrationsFolder = (): string => {
  const here = join(__dirname, 'migrations');
  return existsSync(here) ? here : join(__dirname, '..', '..', 'db', 'migrations');
};

/**
 * Brings the database at `databaseUrl` to the newest schema.
 * @throws the driver's error when the address is wrong or a migration fails; a failed one leaves nothing behind.
 */
export const migrate = async (databaseUrl: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl, application_name: 'conclave migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyMigrations(drizzle(client), { migrationsFolder: migrationsFolder() });
  } finally {
    // Ending the connection releases the lock too.
    await client.end();
  }
};
