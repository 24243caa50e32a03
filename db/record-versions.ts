// Writes everything learnt from one record as dated versions, all scopes in one transaction: what changed gets
// a new version, what the evidence lets work becomes active, and what it no longer does is retired.
import type { IsoInstant, WorldId } from '../domain/world';
import type { Database } from './database';
import { jsonRows, type Sql } from './sql';

export interface LearntWeights {
  readonly marketCategory: string;
  readonly body: Readonly<Record<string, number>>;
  readonly n: number;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly atWork: boolean;
}

export interface LearntCalibrator extends Omit<LearntWeights, 'body'> {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface LearntVersions {
  readonly trainedThrough: IsoInstant;
  readonly weights: readonly LearntWeights[];
  readonly calibrators: readonly LearntCalibrator[];
  /** Of the members against the price: `{ weight }`. */
  readonly sizingWeights: readonly LearntWeights[];
}

export interface WrittenVersions {
  readonly weights: readonly { readonly marketCategory: string; readonly id: string }[];
  readonly calibrators: readonly {
    readonly model: string;
    readonly marketCategory: string;
    readonly id: string;
  }[];
  readonly sizingWeights: readonly { readonly marketCategory: string; readonly id: string }[];
  /** Versions that are new. */
  readonly added: number;
}

interface Table {
  readonly name: 'weight_versions' | 'calibrators' | 'sizing_weight_versions';
  readonly body: 'weights' | 'parameters';
  readonly scope: readonly string[];
}

const WEIGHTS: Table = { name: 'weight_versions', body: 'weights', scope: ['market_category'] };
const CALIBRATORS: Table = { name: 'calibrators', body: 'parameters', scope: ['model', 'market_category'] };
const SIZING_WEIGHTS: Table = {
  name: 'sizing_weight_versions',
  body: 'parameters',
  scope: ['market_category'],
};

const given = (): string =>
  `given as (select * from jsonb_to_recordset($2::jsonb) as g(
     model text, market_category text, body jsonb, n int, evidence jsonb, at_work boolean))`;

const newest = ({ name, scope }: Table): string =>
  `newest as (select distinct on (${scope.join(', ')}) * from ${name} where world = $1
     order by ${scope.join(', ')}, version desc)`;

const onScope = ({ scope }: Table, left: string, right: string): string =>
  scope.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ');

const insertChanged = (table: Table): string => `
  with ${given()}, ${newest(table)}
  insert into ${table.name}
    (world, ${table.scope.join(', ')}, id, version, status, ${table.body}, n, trained_through, evidence, created_at)
  select $1, ${table.scope.map((column) => `g.${column}`).join(', ')},
    concat_ws('/', $1::text, ${table.scope.map((column) => `g.${column}`).join(', ')}) || '@' || (coalesce(l.version, 0) + 1),
    coalesce(l.version, 0) + 1, 'candidate', g.body, g.n, $3, g.evidence, clock_timestamp()
  from given g left join newest l on ${onScope(table, 'l', 'g')}
  where l.id is null or l.${table.body} <> g.body or l.n <> g.n
  returning id`;

const retire = (table: Table): string => `
  with ${given()}, ${newest(table)}
  update ${table.name} v set status = 'retired', retired_at = clock_timestamp(),
    retired_reason = case
      when exists (select 1 from given g where ${onScope(table, 'g', 'v')} and g.at_work) then 'a newer version'
      when exists (select 1 from given g where ${onScope(table, 'g', 'v')}) then 'rolled back by the evidence'
      else 'nothing learnt of this version of the model' end
  where v.world = $1 and v.status = 'active' and not exists (
    select 1 from given g join newest l on ${onScope(table, 'l', 'g')} where l.id = v.id and g.at_work)`;

const activate = (table: Table): string => `
  with ${given()}, ${newest(table)}
  update ${table.name} v set status = 'active', activated_at = clock_timestamp(), retired_at = null,
    retired_reason = null
  from given g join newest l on ${onScope(table, 'l', 'g')}
  where v.id = l.id and g.at_work and v.status <> 'active'`;

const current = (table: Table): string => `
  with ${given()}, ${newest(table)}
  select ${table.scope.map((column) => `l.${column}`).join(', ')}, l.id
  from given g join newest l on ${onScope(table, 'l', 'g')}`;

const write = async <Row>(
  sql: Sql,
  table: Table,
  world: WorldId,
  rows: readonly object[],
  trainedThrough: IsoInstant,
): Promise<{ readonly added: number; readonly current: readonly Row[] }> => {
  const text = jsonRows(rows);
  const added = await sql.query(insertChanged(table), [world, text, trainedThrough]);
  await sql.query(retire(table), [world, text]);
  await sql.query(activate(table), [world, text]);
  return { added: added.length, current: await sql.query<Row>(current(table), [world, text]) };
};

/** Writes what changed; two processes that write at once do it one after the other. */
export const writeRecordVersions = (
  db: Database,
  world: WorldId,
  versions: LearntVersions,
): Promise<WrittenVersions> =>
  db.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(hashtext($1))', [`record-versions/${world}`]);
    const { trainedThrough } = versions;
    const weights = await write<WrittenVersions['weights'][number]>(
      sql,
      WEIGHTS,
      world,
      versions.weights,
      trainedThrough,
    );
    const calibrators = await write<WrittenVersions['calibrators'][number]>(
      sql,
      CALIBRATORS,
      world,
      versions.calibrators,
      trainedThrough,
    );
    const sizingWeights = await write<WrittenVersions['sizingWeights'][number]>(
      sql,
      SIZING_WEIGHTS,
      world,
      versions.sizingWeights,
      trainedThrough,
    );
    return {
      weights: weights.current,
      calibrators: calibrators.current,
      sizingWeights: sizingWeights.current,
      added: weights.added + calibrators.added + sizingWeights.added,
    };
  });
