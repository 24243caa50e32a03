// Tournaments: opened once, then moved along as the models answer and a person or the clock decides.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoInstant, WorldId } from '../domain/world';
import { first, jsonb, only, type Sql } from './sql';
import { once } from './transaction';

export const TOURNAMENT_STATUSES = [
  'asking',
  'waiting',
  'agreed',
  'decided',
  'defaulted',
  'abstained',
  'cancelled',
] as const;
export type TournamentStatus = (typeof TOURNAMENT_STATUSES)[number];

/** One model's part, with the reasons that never travel through histories. */
export interface TournamentMember {
  readonly model: string;
  readonly provider: string;
  readonly standsInFor: string | null;
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
  readonly verdict: string | null;
  readonly probability: number | null;
  readonly confidence: number | null;
  readonly reasons: readonly string[];
  readonly costMicroUsd: MicroUsd | null;
  readonly latencyMs: number;
  /** The tournament whose answer to the same question was taken over. Absent: its own. */
  readonly reusedFrom?: string;
}

export interface NewTournament {
  readonly id: string;
  readonly world: WorldId;
  readonly taskType: string;
  readonly promptId: string;
  readonly options: readonly string[];
  readonly declaredDefault: string;
  readonly timeoutMs: number;
  readonly budgetMicroUsd: MicroUsd | null;
}

export interface TournamentRow extends NewTournament {
  readonly status: TournamentStatus;
  readonly verdict: string | null;
  readonly confidence: 'high' | 'reviewed' | 'default' | null;
  readonly median: number | null;
  readonly members: readonly TournamentMember[];
  readonly why: readonly string[];
  readonly reviewId: string | null;
  readonly costMicroUsd: MicroUsd;
  readonly createdAt: IsoInstant;
  readonly endedAt: IsoInstant | null;
}

/** What the models said. */
export type TournamentJudgement = Pick<
  TournamentRow,
  'status' | 'verdict' | 'confidence' | 'median' | 'members' | 'why' | 'costMicroUsd'
>;

export interface TournamentStore {
  /** Opens once; a repetition returns the stored row. */
  open(tournament: NewTournament): Promise<TournamentRow>;
  /** Stores what the models said, while they are being asked; `asking` again where they dispute. */
  judge(id: string, judgement: TournamentJudgement): Promise<TournamentRow>;
  /** From now on its review takes answers. */
  wait(id: string, reviewId: string): Promise<void>;
  /** Ends one that is open; the first end holds. @throws Error when unknown. */
  end(
    id: string,
    end: Pick<TournamentRow, 'status' | 'verdict' | 'confidence'> & { readonly why: readonly string[] },
  ): Promise<TournamentRow>;
  get(id: string): Promise<TournamentRow | null>;
  /** A few by chance of those said to be open that began an hour ago or more. */
  longOpen(most: number): Promise<readonly Pick<TournamentRow, 'id'>[]>;
  /** Newest first. */
  list(limit: number): Promise<readonly TournamentRow[]>;
}

const COLUMNS = `id, world, task_type, prompt_id, options, declared_default, timeout_ms, budget_micro_usd, status, verdict,
  confidence, median, members, why, review_id, cost_micro_usd, created_at, ended_at`;

const OPEN = `insert into tournaments (id, world, task_type, prompt_id, options, declared_default, timeout_ms,
    budget_micro_usd, status, members, why, created_at)
  values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, 'asking', '[]', '[]', clock_timestamp())
  on conflict (id) do nothing returning ${COLUMNS}`;

const JUDGE = `update tournaments set status = $2, verdict = $3, confidence = $4, median = $5, members = $6::jsonb,
    why = $7::jsonb, cost_micro_usd = $8,
    ended_at = case when $2 = 'asking' then null else clock_timestamp() end
  where id = $1 and status = 'asking'`;

const END = `update tournaments set status = $2, verdict = $3, confidence = $4, why = why || $5::jsonb,
    ended_at = clock_timestamp()
  where id = $1 and ended_at is null`;

export const createTournamentStore = (db: Sql): TournamentStore => {
  const read = (id: string) =>
    db.query<TournamentRow>(`select ${COLUMNS} from tournaments where id = $1`, [id]);
  return {
    open: async (tournament) => {
      const { id, world, taskType, promptId, options, declaredDefault, timeoutMs, budgetMicroUsd } =
        tournament;
      const values = [
        id,
        world,
        taskType,
        promptId,
        jsonb(options),
        declaredDefault,
        timeoutMs,
        budgetMicroUsd,
      ];
      return (
        await once(
          () => db.query<TournamentRow>(OPEN, values),
          () => read(id),
        )
      ).row;
    },

    judge: async (id, judgement) => {
      const { status, verdict, confidence, median, members, why, costMicroUsd } = judgement;
      await db.query(JUDGE, [
        id,
        status,
        verdict,
        confidence,
        median,
        jsonb(members),
        jsonb(why),
        costMicroUsd,
      ]);
      return only(await read(id));
    },

    wait: async (id, reviewId) => {
      await db.query(
        `update tournaments set status = 'waiting', review_id = $2 where id = $1 and status = 'asking'`,
        [id, reviewId],
      );
    },

    end: async (id, { status, verdict, confidence, why }) => {
      await db.query(END, [id, status, verdict, confidence, jsonb(why)]);
      return only(await read(id));
    },

    get: async (id) => first(await read(id)),

    longOpen: (most) =>
      db.query<Pick<TournamentRow, 'id'>>(
        `select id from tournaments
         where ended_at is null and created_at < clock_timestamp() - interval '1 hour' order by random() limit $1`,
        [most],
      ),

    list: (limit) =>
      db.query<TournamentRow>(
        `select ${COLUMNS} from tournaments order by created_at desc, id desc limit $1`,
        [limit],
      ),
  };
};
