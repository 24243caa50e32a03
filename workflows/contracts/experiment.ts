// Experiments: the arms that are asked beside a recorded decision, and what came of them.
import type { FailureKind } from '../../domain/outage/failure';
import type { IsoInstant } from '../../domain/world';
import type { Candidate, QuotedPrice } from './calls';
import type { DecisionInput, DecisionResult } from './decision';

export type ArmName = 'a' | 'b';

/** One arm: what is already known of it, or who is to be asked in which wording. */
export interface PlannedArm {
  readonly arm: ArmName;
  readonly candidate: Candidate;
  /** Wording of the forecast's prompt; null: the one at work. */
  readonly wordingId: string | null;
  /** The member's own first answer in this decision, which costs nothing more. */
  readonly known: number | null;
}

export interface PlannedExperiment {
  readonly experimentId: string;
  readonly arms: readonly PlannedArm[];
}

/** A recorded decision whose question is put to the arms of experiments. */
export interface ArmsInput {
  readonly decisionId: string;
  readonly input: Pick<DecisionInput, 'world' | 'asOf' | 'subject' | 'recorded' | 'recordedLatencyScale'>;
  readonly propositionId: string;
  readonly quoted?: QuotedPrice;
  readonly seriesId: string | null;
  readonly briefId: string | null;
  readonly category: string;
  readonly askedAt: IsoInstant;
  readonly resolvesAt: IsoInstant;
  readonly callDeadlineMs: number;
  readonly experiments: readonly PlannedExperiment[];
}

/** What recording made of a decision. */
export interface RecordedDecision {
  /** What experiments want asked beside it; null: nothing. */
  readonly arms: ArmsInput | null;
  /** As it is on record: a trade may have been cut, or have come too late. */
  readonly trade: Pick<DecisionResult, 'status' | 'probability' | 'action' | 'sizeMicroUsd' | 'why'> &
    // Of one whose calls were cut off.
    Partial<Pick<DecisionResult, 'costMicroUsd' | 'providerCalls'>>;
}

export interface ArmAnswer {
  readonly arm: ArmName;
  readonly model: string;
  readonly probability: number | null;
  readonly failure: FailureKind | null;
  readonly costMicroUsd: number;
}

export interface PairAnswer {
  readonly experimentId: string;
  readonly answers: readonly ArmAnswer[];
}
