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
  /**
   * False when there is no such live token, or when it is the last live one of an admin.
   * @param force ends that one too
   */
  revoke(id: string, force: boolean): Promise<boolean>;
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

  // The lock makes two who end each other's token at once wait: the second finds itself the last.
  revoke: async (id, force) =>
    (
      await db.query(
        `with admins as (
           select id from api_tokens where scope = 'admin' and revoked_at is null order by id for update)
         update api_tokens set revoked_at = clock_timestamp()
         where id = $1 and revoked_at is null
           and ($2 or scope <> 'admin' or exists (select 1 from admins where admins.id <> $1)) returning id`,
        [id, force],
      )
    ).length === 1,
});
