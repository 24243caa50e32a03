// A database of its own for one test file, on the server of CONCLAVE_TEST_DATABASE_URL or the embedded one.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type Database, openDatabase } from '../../../db/database';
import { migrate } from '../../../db/migrate';

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  readonly drop: () => Promise<void>;
}

const run = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** Creates and migrates an empty database; `drop` closes the pool and removes it. */
export const freshTestDatabase = async (poolSize = 10): Promise<TestDatabase> => {
  const admin = process.env.CONCLAVE_TEST_DATABASE_URL;
  if (admin === undefined) throw new Error('CONCLAVE_TEST_DATABASE_URL is not set');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(admin, `create database ${name}`);
  const url = Object.assign(new URL(admin), { pathname: `/${name}` }).toString();
  await migrate(url);
  const db = openDatabase(url, { poolSize, applicationName: name });
  return {
    url,
    db,
    drop: async () => {
      await db.close();
      await run(admin, `drop database ${name} with (force)`);
    },
  };
};
