// During an upgrade workers of the version before run on the new schema: what they call by name has to stay for one
// release. A migration that takes something away says here why nobody misses it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/source-files';

const FOLDER = join(PROJECT_ROOT, 'db', 'migrations');

const TAKES_AWAY =
  /^\s*(drop\s+(?:table|function|view|sequence|type)\s+[^;]*|alter\s+table\s+\S+\s+(?:drop\s+column|rename|alter\s+column\s+\S+\s+(?:set\s+not\s+null|(?:set\s+data\s+)?type))[^;]*)/gim;

/** By the beginning of the statement. */
const NOBODY_MISSES: Readonly<Record<string, string>> = {
  'DROP FUNCTION reserve_call(': 'a later migration makes it again, for workers that call it',
  'DROP TABLE "experiment_pairs"':
    'no released version wrote it; a later migration makes it in its present form',
  'DROP TABLE "experiments"': 'no released version wrote it; a later migration makes it in its present form',
  'DROP TABLE "task_ratings"': 'no released version wrote it',
};

const migrations = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

const taken = (text: string): readonly string[] =>
  [...text.matchAll(TAKES_AWAY)].map(([, statement]) => statement!.replace(/\s+/g, ' ').trim());

const isExplained = (statement: string): boolean =>
  Object.keys(NOBODY_MISSES).some((beginning) => statement.startsWith(beginning));

test.each(migrations.map(({ name, text }) => [name, text]))(
  '%s takes nothing from running workers',
  (_name, text) => {
    expect(taken(text).filter((statement) => !isExplained(statement))).toEqual([]);
  },
);

test.each([
  'DROP TABLE "ledger" CASCADE;',
  'DROP FUNCTION settle_call(text);',
  'ALTER TABLE "briefs" DROP COLUMN "bytes";',
  'ALTER TABLE "briefs" RENAME COLUMN "bytes" TO "size";',
  'ALTER TABLE "briefs" ALTER COLUMN "bytes" SET DATA TYPE bigint;',
  'ALTER TABLE "briefs" ALTER COLUMN "dossier_id" SET NOT NULL;',
])('%s would be noticed', (statement) => {
  expect(taken(`-- why\n${statement}`).filter((each) => !isExplained(each))).toHaveLength(1);
});

interface Snapshot {
  readonly tables: Readonly<
    Record<
      string,
      { readonly indexes: Readonly<Record<string, { readonly columns: readonly IndexColumn[] }>> }
    >
  >;
}

interface IndexColumn {
  readonly asc: boolean;
  readonly nulls: string;
}

test('every index for the newest first is in the order of "order by ... desc"', () => {
  const last = readdirSync(join(FOLDER, 'meta'))
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .at(-1)!;
  const { tables } = JSON.parse(readFileSync(join(FOLDER, 'meta', last), 'utf8')) as Snapshot;
  const indexes = Object.values(tables).flatMap((table) => Object.entries(table.indexes));
  const descending = (column: IndexColumn): boolean => !column.asc;
  expect(indexes.filter(([, { columns }]) => columns.some(descending)).length).toBeGreaterThan(0);
  const unused = indexes.filter(([, { columns }]) =>
    columns.some((column) => descending(column) && column.nulls !== 'first'),
  );
  expect(unused.map(([name]) => name)).toEqual([]);
});

test('every explanation is about something that was taken', () => {
  const all = migrations.flatMap(({ text }) => taken(text));
  const stale = Object.keys(NOBODY_MISSES).filter(
    (beginning) => !all.some((statement) => statement.startsWith(beginning)),
  );
  expect(stale).toEqual([]);
});
