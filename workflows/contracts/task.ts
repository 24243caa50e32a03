// A single task in words on the model that the desk picked: input, plan and result.
import type { FailureKind } from '../../domain/outage/failure';
import type { WorldId } from '../../domain/world';
import type { Candidate } from './calls';

export interface TaskRunInput {
  readonly world: WorldId;
  readonly taskType: string;
  readonly promptId: string;
  /** The pick, then those who may stand in for it, best first. */
  readonly models: readonly string[];
  /** Null where a model was named. */
  readonly tier: string | null;
  /** Why the first was picked. */
  readonly reason: string;
  readonly priority: number;
  /** The run under whose cap its calls count, where several do one task together; absent: its own. */
  readonly cappedWith?: string;
}

export interface TaskRunPlan {
  /** Those that can be called here and are no dearer than the first. */
  readonly candidates: readonly Candidate[];
  readonly callDeadlineMs: number;
  /** The mode it is made in, as a sentence; null: the normal one. Absent in runs of before. */
  readonly announced?: string | null;
}

export interface TaskRunResult {
  readonly runId: string;
  readonly status: 'answered' | 'failed';
  readonly failure: FailureKind | null;
  /** The first failure's own words; null when the first candidate answered. */
  readonly problem: string | null;
  readonly model: string;
  readonly provider: string;
  readonly answerKey: string | null;
  readonly costMicroUsd: number;
  readonly latencyMs: number;
}
