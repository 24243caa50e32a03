// What `conclave doctor` asks of the database: each check on a connection of its own.
import { type Database, openDatabase } from '../db/database';
import type { Check } from './diagnosis';
import { describeError } from './stack-error';

/** A question that the database refuses is a failed check by this name. */
export const databaseCheck = async (
  name: string,
  databaseUrl: string,
  ask: (db: Database) => Promise<Check>,
): Promise<Check> => {
  const db = openDatabase(databaseUrl, { poolSize: 1, applicationName: 'conclave-doctor' });
  try {
    return await ask(db);
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `the database does not say: ${describeError(error)}`,
      fix: 'Read the Postgres log; check that the user of DATABASE_URL may read the tables.',
    };
  } finally {
    await db.close();
  }
};
