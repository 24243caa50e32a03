// Tokens of the HTTP API by the hash of their text; the text itself is shown once and never stored.
import type { IsoInstant } from '../domain/world';
import { first, only, type Sql } from './sql';

/** Each scope includes those before it. */
export const API_SCOPES = ['read', 'run', 'admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  readonly scope: ApiScope;
  readonly createdAt: IsoInstant;
  readonly lastUsedAt: IsoInstant | null;
}

export interface ApiTokenStore {
  create(token: {
    readonly id: string;
    readonly name: string;
    readonly scope: ApiScope;
    /** SHA-256 of the token's text, hex. */
    readonly tokenHash: string;
  }): Promise<ApiTokenRow>;
  /** The live token of this hash, or null; notes the use. */
  use(tokenHash: string): Promise<ApiTokenRow | null>;
  /** True once any token is live: from then on every request needs one. */
  any(): Promise<boolean>;
  list(): Promise<readonly ApiTokenRow[]>;
  /** False when there is no such live token. */
  revoke(id: string): Promise<boolean>;
}

const COLUMNS = 'id, name, scope, created_at, last_used_at';

export const createApiTokenStore = (db: Sql): ApiTokenStore => ({
  create: async ({ id, name, scope, tokenHash }) =>
    only(
      await db.query<ApiTokenRow>(
        `insert into api_tokens (id, name, token_hash, scope, created_at)
         values ($1, $2, $3, $4, clock_timestamp()) returning ${COLUMNS}`,
        [id, name, tokenHash, scope],
      ),
    ),

  use: async (tokenHash) =>
    first(
      await db.query<ApiTokenRow>(
        `update api_tokens set last_used_at = clock_timestamp()
         where token_hash = $1 and revoked_at is null returning ${COLUMNS}`,
        [tokenHash],
      ),
    ),

  any: async () =>
    only(
      await db.query<{ any: boolean }>(
        'select exists (select 1 from api_tokens where revoked_at is null) as any',
        [],
        'api-tokens-any',
      ),
    ).any,

  list: () =>
    db.query<ApiTokenRow>(
      `select ${COLUMNS} from api_tokens where revoked_at is null order by created_at, id`,
    ),

  revoke: async (id) =>
    (
      await db.query(
        `update api_tokens set revoked_at = clock_timestamp() where id = $1 and revoked_at is null returning id`,
        [id],
      )
    ).length === 1,
});
