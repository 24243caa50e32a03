// Ensemble decisions: input, plan and result. The result is what `decide --json` prints.
import type { FailureKind } from '../../domain/outage/failure';
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import type { IsoInstant, WorldId } from '../../domain/world';
import type { Candidate, Hop, RecordedRow } from './calls';
import type { BriefRef, PriceFile } from './research';

export const STAGES = ['quick', 'full', 'enhanced'] as const;
export type Stage = (typeof STAGES)[number];

export const DECISION_STATUSES = ['decided', 'abstained', 'no_consensus', 'parked', 'expired'] as const;
export type DecisionStatus = (typeof DECISION_STATUSES)[number];

export const MODES = ['normal', 'degraded', 'conservative', 'cached', 'halted'] as const;
export type Mode = (typeof MODES)[number];

export interface DecisionInput {
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  readonly subject: string;
  readonly sessionId: string | null;
  readonly stakeMicroUsd: number;
  /** Null: as configured for the category. */
  readonly strategy: string | null;
  /** Null: as selected. */
  readonly members: readonly string[] | null;
  /** Trading days for equities. */
  readonly horizonDays: number;
  readonly research: {
    readonly kind: ResearchKind;
    readonly template: BriefTemplate;
    readonly refresh: boolean;
  } | null;
  readonly recorded: RecordedRow | null;
  readonly recordedLatencyScale: number;
  readonly prices: PriceFile | null;
  /** After this instant the decision is worthless and ends as `expired`. Null: no deadline. */
  readonly deadlineAt: IsoInstant | null;
  /** The most one decision may reserve in total; null: caps only. */
  readonly maxCostMicroUsd: number | null;
  readonly priority: number;
}

/** What `prepareDecision` finds out before any model is called. */
export interface DecisionPlan {
  readonly propositionId: string;
  readonly statement: string;
  readonly category: string;
  readonly resolvesAt: IsoInstant;
  readonly price: number | null;
  readonly priceAt: IsoInstant | null;
  readonly seriesId: string | null;
  readonly strategy: string;
  readonly mode: Mode;
  readonly now: IsoInstant;
  /** Members in order of rank, each with its weight, calibrator and substitutes. */
  readonly members: readonly PlannedMember[];
  /** Models that may stand in for a failed member, best first. */
  readonly substitutes: readonly Candidate[];
  readonly quorumNeeded: number;
  readonly callDeadlineMs: number;
  readonly weightsVersion: string | null;
  readonly thresholds: DecisionThresholds;
  readonly sizing: SizingFacts;
  readonly candidates: readonly CandidateNote[];
  readonly degradations: readonly string[];
  readonly synthetic: boolean;
}

export interface PlannedMember extends Candidate {
  readonly weight: number | null;
  readonly calibrator: CalibratorRef | null;
}

export interface CalibratorRef {
  readonly version: string;
  readonly intercept: number;
  readonly slope: number;
  /** Past log loss skill of the calibrated member, in [0, 1]; moves the confidence threshold. */
  readonly reliability: number;
}

export interface DecisionThresholds {
  readonly consensusShare: number;
  readonly consensusTau: number;
  readonly escalateAbove: number;
  readonly confidence: number;
}

export interface SizingFacts {
  readonly bankrollMicroUsd: number;
  readonly weightOnModel: number;
  readonly feeRate: number;
  readonly maxPositionShare: number;
  readonly maxClusterShare: number;
  readonly clusterExposureMicroUsd: number;
  /** Equities: mean up and down moves over the horizon as fractions; null for contracts paying 0 or 1. */
  readonly meanUp: number | null;
  readonly meanDown: number | null;
  /** Evidence that direction beats the base rate; null where no gate applies. */
  readonly eValue: number | null;
  readonly pastVariance: number | null;
  readonly currency: string;
  readonly marketOpen: boolean;
}

export interface CandidateNote {
  readonly model: string;
  readonly taken: boolean;
  readonly reason: string;
}

export interface MemberResult {
  readonly model: string;
  readonly provider: string;
  readonly status: 'answered' | 'failed';
  readonly failure: FailureKind | null;
  readonly probability: number | null;
  readonly weight: number | null;
  readonly costMicroUsd: number | null;
  readonly latencyMs: number;
  readonly answerKey: string | null;
  /** Set where a substitute answered for a failed member. */
  readonly standsInFor: string | null;
  readonly modelVersion: string | null;
  readonly hops: readonly Hop[];
}

export interface DecisionResult {
  readonly decisionId: string;
  readonly subject: string;
  readonly status: DecisionStatus;
  readonly strategy: string;
  readonly stage: Stage;
  readonly probability: number | null;
  readonly action: 'buy' | 'sell' | 'hold';
  readonly sizeMicroUsd: number;
  readonly why: readonly string[];
  readonly disagreement: {
    readonly stdP: number;
    readonly jensenShannon: number;
    readonly uncertainty: number;
  };
  readonly quorum: { readonly asked: number; readonly answered: number; readonly needed: number };
  readonly members: readonly MemberResult[];
  readonly costMicroUsd: number;
  readonly mode: Mode;
  readonly degradations: readonly string[];
  readonly research: BriefRef | null;
  readonly providerCalls: number;
}

/** Answer of the update `earlyAnswer`: what the current stage says while a higher one runs. */
export interface EarlyAnswer {
  readonly stage: Stage;
  readonly final: boolean;
  readonly status: DecisionStatus;
  readonly probability: number | null;
  readonly answered: number;
  readonly asked: number;
}

/** Query `progress`. */
export interface DecisionProgress {
  readonly stage: Stage | 'research' | 'preparing' | 'recording' | 'done';
  readonly members: readonly {
    readonly model: string;
    readonly status: 'waiting' | 'asking' | 'answered' | 'failed';
    readonly probability: number | null;
    readonly costMicroUsd: number | null;
    readonly latencyMs: number | null;
  }[];
}
