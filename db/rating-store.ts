// Ratings of models' work by people; the quality they earn is computed from these rows.
import type { IsoInstant } from '../domain/world';
import type { Sql } from './sql';
import { once } from './transaction';

export interface RatingRow {
  readonly modelId: string;
  readonly task: string;
  /** 0-10. */
  readonly rating: number;
  readonly note: string;
  readonly ratedAt: IsoInstant;
}

export interface RatingStore {
  /** @param requestKey the same one again adds nothing and gives the first row; null: a rating of its own */
  add(rating: Omit<RatingRow, 'ratedAt'>, requestKey: string | null): Promise<RatingRow>;
  /** The latest 500 of each model, or of one, oldest first. */
  list(modelId?: string): Promise<readonly RatingRow[]>;
}

const COLUMNS = 'model_id, task, rating, note, rated_at';

export const createRatingStore = (db: Sql): RatingStore => ({
  add: async ({ modelId, task, rating, note }, requestKey) => {
    const stored = await once(
      () =>
        db.query<RatingRow>(
          `insert into model_ratings (${COLUMNS}, request_key) values ($1, $2, $3, $4, clock_timestamp(), $5)
           on conflict (request_key) do nothing returning ${COLUMNS}`,
          [modelId, task, rating, note, requestKey],
        ),
      () => db.query<RatingRow>(`select ${COLUMNS} from model_ratings where request_key = $1`, [requestKey]),
    );
    return stored.row;
  },

  list: (modelId) =>
    db.query<RatingRow>(
      `select ${COLUMNS} from (
         select ${COLUMNS}, id, row_number() over (partition by model_id order by id desc) as place
         from model_ratings where $1::text is null or model_id = $1
       ) latest where place <= 500 order by id`,
      [modelId ?? null],
    ),
});
