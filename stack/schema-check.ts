// What `conclave doctor` says of the tables: a database that nobody has set up, or one of another version, answers like
// any other until the first statement on what it lacks.
import { appliedMigrations, knownMigrations } from '../db/migrate';
import { databaseCheck } from './database-check';
import type { Check } from './diagnosis';

const SET_UP =
  'Run `node dist/workers/set-up.js` (containers: `docker compose run --rm set-up`); for a stack on this machine `conclave down`, then start again.';

const bad = (detail: string): Check => ({ name: 'schema', ok: false, detail, fix: SET_UP });

const migrations = (count: number): string => `${count} ${count === 1 ? 'migration' : 'migrations'}`;

/** Both are hashes of migrations in their order: those of this version, and those that the database has gone through. */
export const schemaCheck = (known: readonly string[], applied: readonly string[]): Check => {
  if (applied.length === 0) return bad('the database is not set up: it has no tables of Conclave');
  if (!applied.every((hash, index) => known[index] === undefined || known[index] === hash))
    return bad('the tables are those of another line of versions');
  const behind = known.length - applied.length;
  if (behind > 0) return bad(`the tables are ${migrations(behind)} behind this version`);
  const good: Check = {
    name: 'schema',
    ok: true,
    detail: `${migrations(applied.length)} applied`,
    fix: null,
  };
  if (behind === 0) return good;
  return {
    ...good,
    detail: `the tables are ${migrations(-behind)} ahead of this version`,
    fix: 'Use the newer version here too: a version works with the tables of the next, not of any later one.',
  };
};

/** Of a database that answers. */
export const checkSchema = (databaseUrl: string): Promise<Check> =>
  databaseCheck('schema', databaseUrl, async (db) =>
    schemaCheck(knownMigrations(), await appliedMigrations(db)),
  );
