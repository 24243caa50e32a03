// A migrated database of its own for one test file, with a pool on it.
import { type Database, openDatabase } from '../../../db/database';
import { freshDatabase } from '../../support/test-stack';

/** The first test of a machine may have to build the stack's server. */
export const STACK_START_MS = 600_000;

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  /** Closes the pool and removes the database. */
  readonly drop: () => Promise<void>;
}

export const freshTestDatabase = async (poolSize = 10): Promise<TestDatabase> => {
  const { url, drop } = await freshDatabase();
  const db = openDatabase(url, { poolSize, applicationName: 'database test' });
  return {
    url,
    db,
    drop: async () => {
      await db.close();
      await drop();
    },
  };
};
