// Briefs in Postgres. Every read of a fresh brief verifies expiry on the world's clock and the epoch of the
// subject in one indexed statement, so that a brief covered by an event is never served (A7).
import type { Brief } from '../domain/research/brief';
import { normaliseSubject } from '../domain/research/cache-key';
import type { WorldId } from '../domain/world';
import type { PageCursor } from './page-cursor';
import { first, jsonb, only, type Sql } from './sql';

export type StoreBriefResult =
  | { readonly status: 'stored' }
  /** A covering event came after `epochAtStart`: the research must begin anew. */
  | { readonly status: 'superseded'; readonly epoch: number };

export interface BriefStore {
  /** Whether it is neither expired nor covered by a later event; false too when the row is gone. */
  isFresh(briefId: string): Promise<boolean>;
  /** The newest brief of this key that is neither expired nor covered by a later event, or null. */
  findFreshId(key: string): Promise<string | null>;
  /**
   * As `findFreshId`, and counts the hit for `reader` in the same statement. This is how a cached brief is
   * served: what is counted is what was checked.
   */
  serve(key: string, reader: string): Promise<string | null>;
  get(briefId: string): Promise<Brief | null>;
  /** The epoch of a subject now; research reads it before its first fact. */
  coveringEpoch(world: WorldId, subject: string): Promise<number>;
  /** Stores once by id, unless a covering event came since `epochAtStart`; `brief.epoch` is ignored for it. */
  storeBrief(brief: Brief, epochAtStart: number): Promise<StoreBriefResult>;
  /** Removes briefs that expired more than `graceSeconds` ago (default 3,600), which runs under way may still read. */
  purgeExpired(graceSeconds?: number): Promise<number>;
  /** Removes the least recently read until both limits hold; the number removed. */
  enforceLimits(limits: { readonly maxEntries: number; readonly maxBytes: number }): Promise<number>;
  /** Newest first. */
  list(filter?: {
    readonly world?: WorldId;
    readonly subject?: string;
    readonly limit?: number;
    /** The last of the page before. */
    readonly before?: PageCursor;
  }): Promise<readonly Brief[]>;
  /** Entries and bytes held. */
  size(): Promise<{ readonly entries: number; readonly bytes: number }>;
}

const COLUMNS = `id, key, world, as_of, subject, kind, template, content, sources, quality, written_by, verified_by,
  synthetic, cost_micro_usd, epoch, created_at, expires_at, dossier_id, series_id`;

const FRESH = 'b.expires_at > world_now(b.world) and b.epoch >= covering_epoch(b.world, b.subject)';

const contentBytes = (brief: Brief): number =>
  Buffer.byteLength(JSON.stringify(brief.content)) + Buffer.byteLength(JSON.stringify(brief.sources));

const insertBrief = (db: Sql, brief: Brief, epoch: number) =>
  db.query(
    `insert into briefs (${COLUMNS}, bytes)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
     on conflict (id) do nothing`,
    [
      brief.id,
      brief.key,
      brief.world,
      brief.asOf,
      normaliseSubject(brief.subject),
      brief.kind,
      brief.template,
      jsonb(brief.content),
      jsonb(brief.sources),
      brief.quality,
      brief.writtenBy,
      brief.verifiedBy,
      brief.synthetic,
      brief.costMicroUsd,
      epoch,
      brief.createdAt,
      brief.expiresAt,
      brief.dossierId,
      brief.seriesId,
      contentBytes(brief),
    ],
  );

const EVICT = `
  with ranked as (
    select id, row_number() over newest as entries, sum(bytes) over newest as total
    from briefs window newest as (order by last_read_at desc, id)
  )
  delete from briefs b using ranked r where b.id = r.id and (r.entries > $1 or r.total > $2) returning b.id`;

export const createBriefStore = (db: Sql): BriefStore => {
  const coveringEpoch = async (world: WorldId, subject: string): Promise<number> =>
    only(
      await db.query<{ epoch: number }>(
        'select covering_epoch($1, $2) as epoch',
        [world, normaliseSubject(subject)],
        'covering-epoch',
      ),
    ).epoch;

  return {
    coveringEpoch,

    isFresh: async (briefId) =>
      (await db.query(`select 1 from briefs b where b.id = $1 and ${FRESH}`, [briefId], 'brief-is-fresh'))
        .length === 1,

    findFreshId: async (key) =>
      first(
        await db.query<{ id: string }>(
          `select b.id from briefs b where b.key = $1 and ${FRESH} order by b.created_at desc limit 1`,
          [key],
          'brief-find-fresh-id',
        ),
      )?.id ?? null,

    serve: async (key, reader) =>
      only(
        await db.query<{ id: string | null }>(
          'select serve_brief($1, $2) as id',
          [key, reader],
          'brief-serve',
        ),
      ).id,

    get: async (briefId) =>
      first(await db.query<Brief>(`select ${COLUMNS} from briefs where id = $1`, [briefId])),

    // An event that commits between the two statements leaves a brief whose epoch is too old to be served.
    storeBrief: async (brief, epochAtStart) => {
      const epoch = await coveringEpoch(brief.world, brief.subject);
      if (epoch > epochAtStart) return { status: 'superseded', epoch };
      await insertBrief(db, brief, epochAtStart);
      const after = await coveringEpoch(brief.world, brief.subject);
      return after > epochAtStart ? { status: 'superseded', epoch: after } : { status: 'stored' };
    },

    purgeExpired: async (graceSeconds = 3600) =>
      (
        await db.query(
          `delete from briefs where expires_at < world_now(world) - $1 * interval '1 second'
             and last_read_at < clock_timestamp() - $1 * interval '1 second' returning id`,
          [graceSeconds],
        )
      ).length,

    enforceLimits: async ({ maxEntries, maxBytes }) => (await db.query(EVICT, [maxEntries, maxBytes])).length,

    list: (filter = {}) =>
      db.query<Brief>(
        `select ${COLUMNS} from briefs where ($1::text is null or world = $1) and ($2::text is null or subject = $2)
           and ($4::timestamptz is null or (created_at, id) < ($4, $5::text))
         order by created_at desc, id desc limit $3`,
        [
          ...[filter.world ?? null, filter.subject ?? null, filter.limit ?? 50],
          ...[filter.before?.at ?? null, filter.before?.id ?? null],
        ],
      ),

    size: async () =>
      only(
        await db.query<{ entries: number; bytes: number }>(
          'select count(*) as entries, coalesce(sum(bytes), 0) as bytes from briefs',
        ),
      ),
  };
};
