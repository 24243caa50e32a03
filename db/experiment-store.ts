// Experiments and the questions on which both arms were asked; outcomes arrive by proposition.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { RunningMean } from '../domain/track/confidence-sequence';
import type { IsoInstant, WorldId } from '../domain/world';
import { first, jsonb, only, type Sql } from './sql';
import { once } from './transaction';

export const EXPERIMENT_KINDS = ['strategy', 'model', 'tier', 'prompt'] as const;
export type ExperimentKind = (typeof EXPERIMENT_KINDS)[number];
export const EXPERIMENT_STATUSES = ['running', 'decided', 'stopped', 'budget_reached'] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];

export interface NewExperiment {
  readonly id: string;
  readonly name: string;
  readonly world: WorldId;
  readonly kind: ExperimentKind;
  readonly armA: string;
  readonly armB: string;
  readonly model: string | null;
  readonly category: string | null;
  readonly alpha: number;
  readonly budgetMicroUsd: MicroUsd;
}

export interface ExperimentRow extends NewExperiment {
  readonly status: ExperimentStatus;
  readonly verdict: 'undecided' | 'a_better' | 'b_better';
  readonly state: RunningMean;
  /** Independent values so far. */
  readonly blocks: number;
  readonly note: string;
  readonly createdAt: IsoInstant;
  readonly endedAt: IsoInstant | null;
}

export interface NewPair {
  readonly experimentId: string;
  readonly decisionId: string;
  readonly propositionId: string;
  readonly modelA: string | null;
  readonly modelB: string | null;
  readonly probabilityA: number | null;
  readonly probabilityB: number | null;
  readonly failureA: string | null;
  readonly failureB: string | null;
  readonly costMicroUsd: MicroUsd;
  readonly askedAt: IsoInstant;
  readonly resolvesAt: IsoInstant;
}

export interface PairRow extends NewPair {
  readonly yes: boolean | null;
  readonly resolvedAt: IsoInstant | null;
  /** Its question is void, or the truth was public before it was asked: it will never count. */
  readonly lapsed: boolean;
}

export interface ExperimentStore {
  /** Creates once; a repetition returns the stored row. */
  create(experiment: NewExperiment): Promise<ExperimentRow>;
  get(id: string): Promise<ExperimentRow | null>;
  /** Newest first. */
  list(limit: number): Promise<readonly ExperimentRow[]>;
  running(world: WorldId): Promise<readonly ExperimentRow[]>;
  /** Ends one that runs; the first end holds. */
  end(id: string, status: Exclude<ExperimentStatus, 'running'>, note: string): Promise<ExperimentRow>;
  /** What the outcomes say so far; a verdict, once there, stays. */
  saveState(id: string, state: Pick<ExperimentRow, 'state' | 'blocks' | 'verdict'>): Promise<ExperimentRow>;
  /** Keeps each once. */
  putPair(pair: NewPair): Promise<void>;
  /** In the order in which they were asked. */
  pairsOf(id: string): Promise<readonly PairRow[]>;
  /** Notes an outcome, or its absence; the ids of the experiments it belongs to. */
  setOutcome(
    propositionId: string,
    outcome: { readonly yes: boolean; readonly resolvedAt: IsoInstant } | null,
  ): Promise<readonly string[]>;
}

const COLUMNS = `id, name, world, kind, arm_a, arm_b, model, category, alpha, budget_micro_usd, status, verdict, state,
  blocks, note, created_at, ended_at`;
const PAIR_COLUMNS = `experiment_id, decision_id, proposition_id, model_a, model_b, probability_a, probability_b,
  failure_a, failure_b, cost_micro_usd, asked_at, resolves_at`;

const INSERT = `insert into experiments (id, name, world, kind, arm_a, arm_b, model, category, alpha, budget_micro_usd,
    status, verdict, state, blocks, note, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'running', 'undecided',
    '{"n": 0, "sum": 0, "sumSquares": 0, "predictedVariance": 0}', 0, '', clock_timestamp())
  on conflict (id) do nothing returning ${COLUMNS}`;

const END = `update experiments set status = $2, note = $3, ended_at = clock_timestamp()
  where id = $1 and (status = 'running' or (status = 'budget_reached' and $2 <> 'budget_reached'))`;

/** An experiment out of budget still learns from outcomes, and may yet be decided. */
const SAVE = `update experiments set state = $2::jsonb, blocks = $3,
    verdict = case when verdict = 'undecided' then $4 else verdict end where id = $1`;

export const createExperimentStore = (db: Sql): ExperimentStore => {
  const read = (id: string) =>
    db.query<ExperimentRow>(`select ${COLUMNS} from experiments where id = $1`, [id]);
  return {
    create: async (experiment) => {
      const { id, name, world, kind, armA, armB, model, category, alpha, budgetMicroUsd } = experiment;
      const values = [id, name, world, kind, armA, armB, model, category, alpha, budgetMicroUsd];
      return (
        await once(
          () => db.query<ExperimentRow>(INSERT, values),
          () => read(id),
        )
      ).row;
    },

    get: async (id) => first(await read(id)),

    list: (limit) =>
      db.query<ExperimentRow>(
        `select ${COLUMNS} from experiments order by created_at desc, id desc limit $1`,
        [limit],
      ),

    running: (world) =>
      db.query<ExperimentRow>(
        `select ${COLUMNS} from experiments where status = 'running' and world = $1 order by id`,
        [world],
        'experiments-running',
      ),

    end: async (id, status, note) => {
      await db.query(END, [id, status, note]);
      return only(await read(id));
    },

    saveState: async (id, { state, blocks, verdict }) => {
      await db.query(SAVE, [id, jsonb(state), blocks, verdict]);
      return only(await read(id));
    },

    putPair: async (pair) => {
      await db.query(
        `insert into experiment_pairs (${PAIR_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict do nothing`,
        [
          pair.experimentId,
          pair.decisionId,
          pair.propositionId,
          pair.modelA,
          pair.modelB,
          pair.probabilityA,
          pair.probabilityB,
          pair.failureA,
          pair.failureB,
          pair.costMicroUsd,
          pair.askedAt,
          pair.resolvesAt,
        ],
      );
    },

    pairsOf: (id) =>
      db.query<PairRow>(
        `select ${PAIR_COLUMNS}, yes, resolved_at, coalesce((
           select o.status = 'void' or o.resolved_at < asked_at from outcomes o
           where o.proposition_id = experiment_pairs.proposition_id order by o.revision desc limit 1), false) as lapsed
         from experiment_pairs where experiment_id = $1 order by asked_at, decision_id`,
        [id],
      ),

    setOutcome: async (propositionId, outcome) =>
      [
        ...new Set(
          (
            await db.query<{ readonly experimentId: string }>(
              `update experiment_pairs set yes = $2, resolved_at = $3 where proposition_id = $1
                 and ($3::timestamptz is null or asked_at <= $3) returning experiment_id`,
              [propositionId, outcome?.yes ?? null, outcome?.resolvedAt ?? null],
              'experiment-outcome',
            )
          ).map(({ experimentId }) => experimentId),
        ),
      ].sort(),
  };
};
