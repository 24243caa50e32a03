// Transactions whose connection is lost, or whose process stands still, on a real Postgres.
import { Client } from 'pg';
import { isDatabaseDown } from '../../../activities/outlast-database';
import { type Database, openDatabase } from '../../../db/database';
import { sqlState } from '../../../db/sql';
import { startPostgresRelay } from '../../support/postgres-relay';
import { freshTestDatabase, STACK_START_MS } from './fresh-database';

let test: Awaited<ReturnType<typeof freshTestDatabase>>;
let impatient: Database;
beforeAll(async () => {
  test = await freshTestDatabase();
  impatient = openDatabase(test.url, { poolSize: 1, statementTimeoutMs: 2_000 });
}, STACK_START_MS);
afterAll(async () => {
  await impatient.close();
  await test.drop();
});

const MY_PID = 'select pg_backend_pid() as pid';
const gone = (pid: number) => async (): Promise<boolean> =>
  (await test.db.query('select 1 from pg_stat_activity where pid = $1', [pid])).length === 0;
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds()));
};

it('fails when its connection is lost between two statements, and the next one takes another', async () => {
  let lost = 0;
  const cut = test.db.transaction(async (sql) => {
    const [{ pid }] = (await sql.query<{ pid: number }>(MY_PID)) as [{ pid: number }];
    lost = pid;
    await test.db.query('select pg_terminate_backend($1)', [pid]);
    await until(gone(pid));
    await sql.query('select 1');
  });
  await expect(cut).rejects.toThrow(/terminat|not queryable/i);
  const [{ pid }] = (await test.db.transaction((sql) => sql.query<{ pid: number }>(MY_PID))) as [
    { pid: number },
  ];
  expect(pid).not.toBe(lost);
});

it('is ended by Postgres where it stands still, and its locks with it', async () => {
  const idle = impatient.transaction(async (sql) => {
    const [{ pid }] = (await sql.query<{ pid: number }>(`${MY_PID}, pg_advisory_xact_lock(4711)`)) as [
      { pid: number },
    ];
    await until(gone(pid));
    expect(await test.db.query('select pg_try_advisory_xact_lock(4711) as free')).toEqual([{ free: true }]);
    await sql.query('select 1');
  });
  await expect(idle).rejects.toThrow(/terminat|not queryable/i);
  expect(await impatient.query('select 1 as one')).toEqual([{ one: 1 }]);
});

it('names the state of an error that another one carries as its cause', async () => {
  const refused = await test.db.query('select 1/0').catch((error: Error) => error);
  expect(sqlState(new Error('a migration failed', { cause: refused }))).toBe('22012');
});

it.each([
  ['a statement', (db: Database) => db.query('select 1')],
  ['a transaction', (db: Database) => db.transaction((sql) => sql.query('select 1'))],
])(
  '%s that Postgres never answers is given up as an outage, and the next takes another connection',
  async (_what, ask) => {
    const relay = await startPostgresRelay(test.url);
    const db = openDatabase(relay.url, { poolSize: 1, statementTimeoutMs: 2_000 });
    try {
      await db.query('select 1');
      relay.silence();
      const queries = jest.spyOn(Client.prototype, 'query');
      const unanswered = await ask(db).catch((error: unknown) => error);
      const sent = queries.mock.calls.length;
      queries.mockRestore();
      expect(isDatabaseDown(unanswered)).toBe(true);
      // Nothing else is asked of a connection that was silent.
      expect(sent).toBe(1);
      expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await relay.close();
      await db.close();
    }
  },
);
