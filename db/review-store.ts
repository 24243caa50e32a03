// Reviews that wait for a person. The workflow waits; the row is what people see and list.
import type { IsoInstant, WorldId } from '../domain/world';
import { first, jsonb, type Sql } from './sql';
import { once } from './transaction';

export interface ReviewRow {
  readonly id: string;
  readonly world: WorldId;
  readonly targetKind: string;
  readonly targetId: string;
  /** Which workflow takes the answer. */
  readonly workflowId: string;
  readonly question: string;
  /** Accepted verdicts. */
  readonly options: readonly string[];
  /** What holds when no one answers in time. */
  readonly declaredDefault: string;
  readonly status: 'waiting' | 'answered' | 'timed_out' | 'cancelled';
  readonly verdict: string | null;
  readonly reviewer: string | null;
  readonly comment: string | null;
  readonly openedAt: IsoInstant;
  readonly dueAt: IsoInstant;
  readonly closedAt: IsoInstant | null;
}

export type NewReview = Pick<
  ReviewRow,
  | 'id'
  | 'world'
  | 'targetKind'
  | 'targetId'
  | 'workflowId'
  | 'question'
  | 'options'
  | 'declaredDefault'
  | 'dueAt'
>;

export interface ReviewEnd {
  readonly status: 'answered' | 'timed_out' | 'cancelled';
  /** Null when cancelled. */
  readonly verdict: string | null;
  readonly reviewer: string | null;
  readonly comment: string | null;
}

export interface ReviewStore {
  /** Opens once; a repetition returns the stored row. */
  open(review: NewReview): Promise<ReviewRow>;
  /** Closes once; the first end holds and is returned. @throws RangeError when unknown. */
  close(id: string, end: ReviewEnd): Promise<ReviewRow>;
  get(id: string): Promise<ReviewRow | null>;
  /** A few by chance of those said to wait though an hour has passed since they were due. */
  overdue(most: number): Promise<readonly ReviewRow[]>;
  /** Waiting ones by due date, or all, newest first. */
  list(filter?: { readonly all?: boolean; readonly limit?: number }): Promise<readonly ReviewRow[]>;
}

const COLUMNS = `id, world, target_kind, target_id, workflow_id, question, options, declared_default, status, verdict,
  reviewer, comment, opened_at, due_at, closed_at`;

const insert = (db: Sql, review: NewReview) =>
  db.query<ReviewRow>(
    `insert into reviews (id, world, target_kind, target_id, workflow_id, question, options, declared_default, status,
       opened_at, due_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, 'waiting', clock_timestamp(), $9)
     on conflict (id) do nothing returning ${COLUMNS}`,
    [
      review.id,
      review.world,
      review.targetKind,
      review.targetId,
      review.workflowId,
      review.question,
      jsonb(review.options),
      review.declaredDefault,
      review.dueAt,
    ],
  );

export const createReviewStore = (db: Sql): ReviewStore => {
  const read = (id: string) => db.query<ReviewRow>(`select ${COLUMNS} from reviews where id = $1`, [id]);
  return {
    open: async (review) =>
      (
        await once(
          () => insert(db, review),
          () => read(review.id),
        )
      ).row,

    close: async (id, end) => {
      await db.query(
        `update reviews set status = $2, verdict = $3, reviewer = $4, comment = $5, closed_at = clock_timestamp()
         where id = $1 and status = 'waiting'`,
        [id, end.status, end.verdict, end.reviewer, end.comment],
      );
      const row = first(await read(id));
      if (row === null) throw new RangeError(`review "${id}" is unknown`);
      return row;
    },

    get: async (id) => first(await read(id)),

    overdue: (most) =>
      db.query<ReviewRow>(
        `select ${COLUMNS} from reviews
         where status = 'waiting' and due_at < clock_timestamp() - interval '1 hour' order by random() limit $1`,
        [most],
      ),

    list: (filter = {}) =>
      db.query<ReviewRow>(
        `select ${COLUMNS} from reviews where $1 or status = 'waiting'
         order by case when $1 then null else due_at end, opened_at desc limit $2`,
        [filter.all ?? false, filter.limit ?? 100],
      ),
  };
};
