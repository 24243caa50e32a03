import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openDatabase } from '../../../db/database';
import { ForeignDatabase, migrate } from '../../../db/migrate';
import { once } from '../../../db/transaction';
import { bareDatabase } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';

const ROOT = join(__dirname, '..', '..', '..');

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase(4);
}, STACK_START_MS);
afterAll(() => test.drop());

it('migrations may be applied again and by several processes at once', async () => {
  await Promise.all([migrate(test.url), migrate(test.url), migrate(test.url)]);
  const applied = await test.db.query('select 1 from drizzle.__drizzle_migrations');
  const files = readdirSync(join(ROOT, 'db', 'migrations')).filter((file) => file.endsWith('.sql'));
  expect(applied).toHaveLength(files.length);
});

it('a database of another application is refused, also one that has migrations by the same tool', async () => {
  const foreign = await bareDatabase();
  const db = openDatabase(foreign.url, { poolSize: 1 });
  await db.query('create table orders (id int)');
  await expect(migrate(foreign.url)).rejects.toThrow(/DATABASE_URL.*\(orders\).*a database of its own/);
  await db.query('create schema drizzle');
  await db.query('create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)');
  await db.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('theirs', 9e12)`);
  await expect(migrate(foreign.url)).rejects.toThrow(ForeignDatabase);
  await db.query('drop table orders');
  await db.query('drop schema drizzle cascade');
  await migrate(foreign.url);
  // A table of one's own beside Conclave's is nobody's concern.
  await db.query('create table notes (text text)');
  await migrate(foreign.url);
  await db.close();
  await foreign.drop();
});

it('the schema in TypeScript and the migrations say the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-drift-'));
  try {
    cpSync(join(ROOT, 'db', 'migrations'), folder, { recursive: true });
    const before = readdirSync(folder).length;
    const config = join(folder, 'drift.config.json');
    writeFileSync(
      config,
      JSON.stringify({
        dialect: 'postgresql',
        schema: join(ROOT, 'db/schema/*.ts'),
        out: relative(ROOT, folder),
      }),
    );
    const run = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/drizzle-kit/bin.cjs'), 'generate', `--config=${config}`],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    expect(`${run.stdout}${run.stderr}`).toContain('No schema changes');
    expect(readdirSync(folder)).toHaveLength(before + 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);

describe('a transaction', () => {
  it('leaves nothing behind when it fails', async () => {
    await expect(
      test.db.transaction(async (sql) => {
        await sql.query(`insert into settings values ('a', 'c', '1', now())`);
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(await test.db.query('select 1 from settings')).toEqual([]);
  });

  it('begins anew after a deadlock, so that both of two crossing writers end', async () => {
    await test.db.query(`insert into settings values ('x', 'c', '0', now()), ('y', 'c', '0', now())`);
    let arrived = 0;
    let open: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const write = (keys: readonly [string, string]) =>
      test.db.transaction(async (sql) => {
        const add = (key: string) =>
          sql.query('update settings set value = to_jsonb(value::int + 1) where key = $1', [key]);
        await add(keys[0]);
        arrived += 1;
        if (arrived >= 2) open();
        await both;
        await add(keys[1]);
      });
    await Promise.all([write(['x', 'y']), write(['y', 'x'])]);
    const values = await test.db.query<{ value: number }>(
      `select value from settings where key in ('x', 'y')`,
    );
    expect(values.map((row) => row.value)).toEqual([2, 2]);
    // One of them is begun anew; on a busy machine Postgres may end both.
    expect(arrived).toBeGreaterThanOrEqual(3);
  });

  it('that is serializable begins anew after a conflict', async () => {
    await test.db.query(`insert into settings values ('n', 'c', '0', now())`);
    const add = () =>
      test.db.transaction(
        async (sql) => {
          const [row] = await sql.query<{ value: number }>(`select value from settings where key = 'n'`);
          await sql.query(`update settings set value = to_jsonb($1::int) where key = 'n'`, [
            (row?.value ?? 0) + 1,
          ]);
        },
        { isolation: 'serializable', attempts: 20 },
      );
    await Promise.all([add(), add(), add()]);
    const [row] = await test.db.query<{ value: number }>(`select value from settings where key = 'n'`);
    expect(row?.value).toBe(3);
  });
});

it('a once-only write says who was first, and gives everyone the same row', async () => {
  const write = (value: number) =>
    once(
      () =>
        test.db.query<{ value: number }>(
          `insert into settings values ('once', 'c', to_jsonb($1::int), now()) on conflict do nothing returning value`,
          [value],
        ),
      () => test.db.query<{ value: number }>(`select value from settings where key = 'once'`),
    );
  const results = await Promise.all([write(1), write(2), write(3)]);
  expect(results.filter((result) => result.first)).toHaveLength(1);
  expect(new Set(results.map((result) => result.row.value)).size).toBe(1);
});

it('rows come with ISO instants, plain numbers and camel-cased names', async () => {
  const [row] = await test.db.query(
    `select timestamptz '2025-09-15 13:00+02' as some_instant, 9000000000::bigint as big_count, 1.5::numeric as n,
       date '2025-09-15' as day, array[1, 2]::bigint[] as ids, null::timestamptz as nothing`,
  );
  expect(row).toEqual({
    someInstant: '2025-09-15T11:00:00.000Z',
    bigCount: 9_000_000_000,
    n: 1.5,
    day: '2025-09-15',
    ids: [1, 2],
    nothing: null,
  });
});
