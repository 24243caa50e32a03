// What `conclave doctor` asks of the database: each check on a connection of its own.
import { type Database, openDatabase } from '../db/database';
import type { Check } from './diagnosis';

/** Null where there is no database of this version to ask. */
export const databaseCheck = async (
  databaseUrl: string,
  ask: (db: Database) => Promise<Check>,
): Promise<Check | null> => {
  const db = openDatabase(databaseUrl, { poolSize: 1, applicationName: 'conclave-doctor' });
  try {
    return await ask(db);
  } catch {
    return null;
  } finally {
    await db.close();
  }
};
