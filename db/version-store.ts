// Versions of calibrators and weights as they are read; db/record-versions.ts writes them. What a version says is
// never changed: one is active, and decisions name the version they used.
import type { IsoInstant, WorldId } from '../domain/world';
import type { Database } from './database';
import { first } from './sql';

export interface VersionRow<Body> {
  /** `<scope>@<version>`, as decisions record it. */
  readonly id: string;
  readonly version: number;
  readonly status: 'candidate' | 'active' | 'retired';
  readonly body: Body;
  /** Outcomes it was trained on. */
  readonly n: number;
  /** Nothing that resolved later was used. */
  readonly trainedThrough: IsoInstant;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly createdAt: IsoInstant;
  readonly activatedAt: IsoInstant | null;
  readonly retiredAt: IsoInstant | null;
  readonly retiredReason: string | null;
}

export interface VersionStore<Scope, Body> {
  current(scope: Scope): Promise<VersionRow<Body> | null>;
  /** Newest first. */
  history(scope: Scope): Promise<readonly VersionRow<Body>[]>;
  /** The newest version of each scope of a world, whatever its status. */
  newest(of: {
    readonly world: WorldId;
    readonly marketCategory?: string;
  }): Promise<readonly (VersionRow<Body> & Omit<Scope, 'world'>)[]>;
}

export interface CalibratorScope {
  readonly world: WorldId;
  readonly model: string;
  readonly marketCategory: string;
}

export interface WeightScope {
  readonly world: WorldId;
  readonly marketCategory: string;
}

/**
 * As fitted (activities/earned-record.ts): `kind: 'platt'` with p' = sigmoid(slope * logit p + intercept), and what an
 * exact one half stands for (`half`), which is fitted apart, from how many such answers (`halves`).
 */
export type CalibratorBody = Readonly<Record<string, unknown>>;
/** `weight` of the members against the price. */
export type SizingWeightBody = Readonly<Record<string, number>>;
/** Weight per model. */
export type WeightBody = Readonly<Record<string, number>>;

interface VersionTable {
  readonly table: 'calibrators' | 'weight_versions' | 'sizing_weight_versions';
  readonly body: 'parameters' | 'weights';
  /** Columns of the scope, in the order of its key. */
  readonly scope: readonly string[];
}

const createVersionStore = <Scope extends object, Body>(
  db: Database,
  { table, body, scope: columns }: VersionTable,
  values: (scope: Scope) => readonly string[],
): VersionStore<Scope, Body> => {
  const row = `id, version, status, ${body} as body, n, trained_through, evidence, created_at, activated_at, retired_at,
    retired_reason`;
  const scopeColumns = columns.filter((column) => column !== 'world').join(', ');
  const inScope = columns.map((column, index) => `${column} = $${index + 1}`).join(' and ');
  return {
    current: async (scope) =>
      first(
        await db.query<VersionRow<Body>>(
          `select ${row} from ${table} where ${inScope} and status = 'active'`,
          values(scope),
        ),
      ),

    history: (scope) =>
      db.query<VersionRow<Body>>(
        `select ${row} from ${table} where ${inScope} order by version desc`,
        values(scope),
      ),

    newest: ({ world, marketCategory }) =>
      db.query<VersionRow<Body> & Omit<Scope, 'world'>>(
        `select distinct on (${scopeColumns}) ${scopeColumns}, ${row}
         from ${table} where world = $1 and market_category = coalesce($2, market_category)
         order by ${scopeColumns}, version desc`,
        [world, marketCategory ?? null],
      ),
  };
};

export type CalibratorStore = VersionStore<CalibratorScope, CalibratorBody>;
export type SizingWeightStore = VersionStore<WeightScope, SizingWeightBody>;
export type WeightStore = VersionStore<WeightScope, WeightBody>;

export const createCalibratorStore = (db: Database): CalibratorStore =>
  createVersionStore(
    db,
    { table: 'calibrators', body: 'parameters', scope: ['world', 'model', 'market_category'] },
    (scope) => [scope.world, scope.model, scope.marketCategory],
  );

export const createWeightStore = (db: Database): WeightStore =>
  createVersionStore(
    db,
    { table: 'weight_versions', body: 'weights', scope: ['world', 'market_category'] },
    (scope) => [scope.world, scope.marketCategory],
  );

export const createSizingWeightStore = (db: Database): SizingWeightStore =>
  createVersionStore(
    db,
    { table: 'sizing_weight_versions', body: 'parameters', scope: ['world', 'market_category'] },
    (scope) => [scope.world, scope.marketCategory],
  );
