// Answers by business key: the next attempt of a call first looks here, which makes its retry free (K1).
import type { MicroUsd } from '../domain/money/micro-usd';
import type { FailureKind } from '../domain/outage/failure';
import type { IsoInstant, WorldId } from '../domain/world';
import { first, jsonb, type Sql } from './sql';
import { type OnceOnly, once } from './transaction';

export interface StoredAnswer {
  /** `<workflow id>/<first execution run id>/<restart round>/<stage>/<model>`. */
  readonly key: string;
  readonly world: WorldId;
  readonly provider: string;
  readonly model: string;
  readonly status: 'answered' | 'failed';
  /** Set exactly when failed. */
  readonly failure: FailureKind | null;
  /** The validated answer; null when failed. */
  readonly answer: unknown;
  /** The provider's token usage in its own shape; null when unknown. */
  readonly usage: unknown;
  /** Null: unknown, such as a recorded row without one. */
  readonly costMicroUsd: MicroUsd | null;
  readonly latencyMs: number;
  readonly servedBy: string;
  readonly createdAt: IsoInstant;
}

export interface AnswerStore {
  get(key: string): Promise<StoredAnswer | null>;
  /** The answers under these keys, by key; keys without an answer are left out. */
  answersOf(keys: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
  /** Stores once; the row that was first is returned to everyone. */
  put(answer: Omit<StoredAnswer, 'createdAt'>): Promise<OnceOnly<StoredAnswer>>;
}

const COLUMNS = `key, world, provider, model, status, failure, answer, usage, cost_micro_usd, latency_ms, served_by,
  created_at`;

export const createAnswerStore = (db: Sql): AnswerStore => {
  const read = (key: string) =>
    db.query<StoredAnswer>(`select ${COLUMNS} from answers where key = $1`, [key], 'answer-get');
  return {
    get: async (key) => first(await read(key)),
    answersOf: async (keys) => {
      const rows = await db.query<Pick<StoredAnswer, 'key' | 'answer'>>(
        `select key, answer from answers where key = any($1) and status = 'answered'`,
        [keys],
        'answers-of',
      );
      return new Map(rows.map(({ key, answer }) => [key, answer]));
    },
    put: (answer) =>
      once(
        () =>
          db.query<StoredAnswer>(
            `insert into answers (key, world, provider, model, status, failure, answer, usage, cost_micro_usd,
               latency_ms, served_by, created_at)
             values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $10, $11, clock_timestamp())
             on conflict (key) do nothing returning ${COLUMNS}`,
            [
              answer.key,
              answer.world,
              answer.provider,
              answer.model,
              answer.status,
              answer.failure,
              jsonb(answer.answer),
              jsonb(answer.usage),
              answer.costMicroUsd,
              Math.round(answer.latencyMs),
              answer.servedBy,
            ],
            'answer-put',
          ),
        () => read(answer.key),
      ),
  };
};
