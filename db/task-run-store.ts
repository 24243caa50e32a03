// Single tasks that a model did: which one, why it, what came of it and at what cost.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoInstant } from '../domain/world';
import { first, type Sql } from './sql';

export interface NewTaskRun {
  readonly id: string;
  readonly taskType: string;
  /** Null where a model was named. */
  readonly tier: string | null;
  readonly promptId: string;
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
  readonly model: string;
  readonly provider: string;
  readonly answerKey: string | null;
  /** Why this model was picked. */
  readonly reason: string;
  readonly costMicroUsd: MicroUsd;
  readonly latencyMs: number;
}

export interface TaskRunRow extends NewTaskRun {
  readonly createdAt: IsoInstant;
}

export interface TaskRunStore {
  /** Keeps each once. */
  put(run: NewTaskRun): Promise<void>;
  get(id: string): Promise<TaskRunRow | null>;
  /** Newest first. */
  list(limit: number): Promise<readonly TaskRunRow[]>;
}

const COLUMNS = `id, task_type, tier, prompt_id, status, failure, model, provider, answer_key, reason, cost_micro_usd,
  latency_ms`;

export const createTaskRunStore = (db: Sql): TaskRunStore => ({
  put: async (run) => {
    await db.query(
      `insert into task_runs (${COLUMNS}, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp()) on conflict (id) do nothing`,
      [
        run.id,
        run.taskType,
        run.tier,
        run.promptId,
        run.status,
        run.failure,
        run.model,
        run.provider,
        run.answerKey,
        run.reason,
        run.costMicroUsd,
        run.latencyMs,
      ],
    );
  },

  get: async (id) =>
    first(await db.query<TaskRunRow>(`select ${COLUMNS}, created_at from task_runs where id = $1`, [id])),

  list: (limit) =>
    db.query<TaskRunRow>(
      `select ${COLUMNS}, created_at from task_runs order by created_at desc, id desc limit $1`,
      [limit],
    ),
});
