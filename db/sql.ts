// The narrow door to Postgres that every store uses: SQL text with parameters in, camel-cased rows out.
import { type Client, DatabaseError, type Pool, type PoolClient, type QueryArrayResult, types } from 'pg';

/** Runs SQL on the pool or inside one transaction. */
export interface Sql {
  /**
   * Rows as objects with camel-cased keys; timestamps as ISO-8601 UTC with milliseconds, bigint and numeric
   * as numbers, jsonb parsed. Statements are prepared once per connection when `name` is given.
   */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<readonly Row[]>;
}

const INT8 = 20;
const INT8_ARRAY = 1016;
const NUMERIC = 1700;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

const parsers: Readonly<Record<number, (value: string) => unknown>> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [DATE]: (value) => value,
  [TIMESTAMPTZ]: (value) => new Date(value).toISOString(),
  [INT8_ARRAY]: (value) => value.slice(1, -1).split(',').filter(Boolean).map(Number),
};

const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? types.getTypeParser(oid, format ?? 'text')) as typeof types.getTypeParser,
};

const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** The same object with camel-cased keys, for rows that Postgres gives as JSON; values stay as they are. */
export const withCamelKeys = <Row>(row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value])) as Row;

const toObjects = <Row>(result: QueryArrayResult<unknown[]>): readonly Row[] => {
  const names = result.fields.map((field) => camelCase(field.name));
  return result.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])) as Row);
};

/** Wraps a pool or one client; results do not depend on which. */
export const sqlOn = (client: Pool | PoolClient | Client): Sql => ({
  query: async <Row>(text: string, values: readonly unknown[] = [], name?: string) =>
    toObjects<Row>(
      await client.query<unknown[]>({
        text,
        values: [...values],
        rowMode: 'array',
        types: typeParsers,
        ...(name === undefined ? {} : { name }),
      }),
    ),
});

/** The first row, or null. */
export const first = <Row>(rows: readonly Row[]): Row | null => rows[0] ?? null;

/** The only row. @throws Error when there is none: a statement that always returns one did not. */
export const only = <Row>(rows: readonly Row[]): Row => {
  const row = rows[0];
  if (row === undefined) throw new Error('statement returned no row');
  return row;
};

/** Escapes of JSON that jsonb refuses: a NUL, and half of a surrogate pair (whole pairs are not escaped). */
const UNSTORABLE = /\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g;

/**
 * JSON that Postgres stores whatever a model, a feed or a person wrote: characters that jsonb refuses become the
 * replacement character. A paid answer must not be lost for one of them.
 */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSTORABLE, (whole, rest: string) => (rest.length > 1 ? '\ufffd' : whole));

/** Form of a jsonb parameter: arrays and strings would otherwise be taken for Postgres's own. */
export const jsonb = (value: unknown): string | null =>
  value === undefined || value === null ? null : storableJson(value);

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Objects as the parameter of `jsonb_to_recordset`: keys as columns are named, values storable. */
export const jsonRows = (rows: readonly object[]): string =>
  storableJson(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value])),
    ),
  );

/** SQLSTATE of an error from Postgres, also of one that another error names as its cause; null for any other. */
export const sqlState = (error: unknown): string | null => {
  if (error instanceof DatabaseError) return error.code ?? null;
  return error instanceof Error && error.cause !== undefined ? sqlState(error.cause) : null;
};
