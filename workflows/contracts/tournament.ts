// Tournaments and the reviews that disputes wait in: inputs and results. Texts travel by id; reasons stay in
// Postgres.
import type { ReviewAnswer } from '../../domain/ensemble/review';
import type { FailureKind } from '../../domain/outage/failure';
import type { IsoInstant, WorldId } from '../../domain/world';
import type { Candidate, ReusedAnswer } from './calls';

export interface TournamentInput {
  readonly world: WorldId;
  readonly taskType: string;
  readonly promptId: string;
  readonly models: readonly string[];
  /** Accepted verdicts; `approve` and `reject` for a statement. */
  readonly options: readonly string[];
  /** What holds when no one decides a dispute in time. */
  readonly declaredDefault: string;
  /** How long a dispute waits for a person. */
  readonly timeoutMs: number;
  /** Cap of all calls of this tournament; null: the caps that cover everything. */
  readonly budgetMicroUsd: number | null;
  readonly priority: number;
}

/** Who is asked; `absent` cannot be called here, and why. */
export interface TournamentPlan {
  readonly seats: readonly Candidate[];
  readonly absent: readonly { readonly model: string; readonly provider: string; readonly why: string }[];
  readonly substitutes: readonly Candidate[];
  readonly callDeadlineMs: number;
  /** The mode it is made in, as a sentence; null: the normal one. Absent in tournaments of before. */
  readonly announced?: string | null;
  /** Answers to the same question in other words, taken over instead of asking. Absent: none. */
  readonly reused?: readonly ReusedAnswer[];
}

/** What came of one seat; the answer itself is stored under its key. */
export interface TournamentCall {
  readonly seat: string;
  readonly model: string;
  readonly provider: string;
  readonly answerKey: string | null;
  /** The tournament whose answer it is. Absent: its own. */
  readonly reusedFrom?: string;
  readonly failure: FailureKind | null;
  readonly costMicroUsd: number | null;
  readonly latencyMs: number;
}

export interface TournamentVerdict {
  readonly status: 'agreed' | 'disputed' | 'abstained';
  readonly verdict: string | null;
  readonly why: readonly string[];
  readonly costMicroUsd: number;
}

export interface TournamentResult {
  readonly tournamentId: string;
  readonly status: 'agreed' | 'decided' | 'defaulted' | 'abstained' | 'cancelled';
  readonly verdict: string | null;
  readonly confidence: 'high' | 'reviewed' | 'default' | null;
  readonly why: readonly string[];
  readonly reviewId: string | null;
  readonly costMicroUsd: number;
}

/** Query `progress` of a tournament. */
export interface TournamentProgress {
  readonly step: 'planning' | 'asking' | 'judging' | 'waiting' | 'done';
  readonly seats: readonly {
    readonly model: string;
    readonly status: 'waiting' | 'answered' | 'failed';
  }[];
}

export interface ReviewInput {
  readonly world: WorldId;
  readonly targetKind: 'tournament' | 'decision';
  readonly targetId: string;
  readonly options: readonly string[];
  readonly declaredDefault: string;
  readonly timeoutMs: number;
}

export interface ReviewResult {
  readonly reviewId: string;
  readonly status: 'answered' | 'timed_out' | 'cancelled';
  readonly verdict: string | null;
  readonly reviewer: string | null;
  readonly closedAt: IsoInstant;
}

/** Query `state` of a review. */
export interface ReviewState {
  readonly status: 'waiting' | 'answered' | 'timed_out' | 'cancelled';
  readonly options: readonly string[];
  readonly declaredDefault: string;
  readonly dueAt: IsoInstant | null;
  readonly answer: ReviewAnswer | null;
  /** Why signals so far were not taken. */
  readonly refused: readonly string[];
}
