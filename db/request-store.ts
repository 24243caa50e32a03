// Requests by idempotency key: the same key and body get the first one's answer, another body is refused.
import type { IsoInstant } from '../domain/world';
import { jsonb, type Sql } from './sql';
import { once } from './transaction';

export interface RequestRow {
  readonly key: string;
  /** `decide`, `research`, `POST /settings`, ... */
  readonly kind: string;
  readonly bodyHash: string;
  readonly status: 'open' | 'done' | 'failed';
  readonly result: unknown;
  readonly createdAt: IsoInstant;
  readonly endedAt: IsoInstant | null;
}

export type BeginResult =
  | { readonly status: 'new'; readonly row: RequestRow }
  | { readonly status: 'repeated'; readonly row: RequestRow }
  /** The key was used for something else. */
  | { readonly status: 'conflict'; readonly row: RequestRow };

export interface RequestStore {
  begin(request: {
    readonly key: string;
    readonly kind: string;
    readonly bodyHash: string;
  }): Promise<BeginResult>;
  /** Stores the end; `done` holds, a failed request may still be done. */
  finish(key: string, end: { readonly status: 'done' | 'failed'; readonly result: unknown }): Promise<void>;
}

const COLUMNS = 'key, kind, body_hash, status, result, created_at, ended_at';

export const createRequestStore = (db: Sql): RequestStore => {
  const read = (key: string) => db.query<RequestRow>(`select ${COLUMNS} from requests where key = $1`, [key]);
  return {
    begin: async ({ key, kind, bodyHash }) => {
      const stored = await once(
        () =>
          db.query<RequestRow>(
            `insert into requests (key, kind, body_hash, status, created_at)
             values ($1, $2, $3, 'open', clock_timestamp()) on conflict (key) do nothing returning ${COLUMNS}`,
            [key, kind, bodyHash],
          ),
        () => read(key),
      );
      if (stored.first) return { status: 'new', row: stored.row };
      const same = stored.row.kind === kind && stored.row.bodyHash === bodyHash;
      return { status: same ? 'repeated' : 'conflict', row: stored.row };
    },

    finish: async (key, end) => {
      await db.query(
        `update requests set status = $2, result = $3::jsonb, ended_at = clock_timestamp()
         where key = $1 and status <> 'done'`,
        [key, end.status, jsonb(end.result)],
      );
    },
  };
};
