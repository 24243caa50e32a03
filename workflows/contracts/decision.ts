// Ensemble decisions: input, plan and result. The result is what `decide --json` prints.
import type { Calibrator } from '../../domain/ensemble/calibrator';
import type { Stage } from '../../domain/ensemble/cascade';
import type { Sizing, SizingInput } from '../../domain/ensemble/sizing-input';
import type { StrategyName, StrategyThresholds } from '../../domain/ensemble/strategy';
import type { TradeTerms } from '../../domain/ensemble/value-of-information';
import type { FailureKind } from '../../domain/outage/failure';
import type { Mode } from '../../domain/outage/modes';
import type { WaitSettings } from '../../domain/outage/waiting';
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import type { DecisionSettings } from '../../domain/settings/decision-settings';
import type { ExpiryBucket } from '../../domain/track/expiry';
import type { VolatilityRegime } from '../../domain/track/regime';
import type { IsoInstant, WorldId } from '../../domain/world';
import type { Candidate, Hop, RecordedRow, ReusedAnswer } from './calls';
import type { EarnedPlan } from './outcomes';
import type { BriefRef, PriceFile } from './research';

const DECISION_STATUSES = ['decided', 'abstained', 'no_consensus', 'parked', 'expired'] as const;
export type DecisionStatus = (typeof DECISION_STATUSES)[number];

export interface DecisionInput {
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  readonly subject: string;
  readonly sessionId: string | null;
  readonly stakeMicroUsd: number;
  /** Null: as configured for the category. */
  readonly strategy: StrategyName | null;
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
  readonly decisionId: string;
  readonly propositionId: string;
  readonly statement: string;
  readonly category: string;
  readonly resolvesAt: IsoInstant;
  readonly price: number | null;
  readonly priceAt: IsoInstant | null;
  readonly seriesId: string | null;
  readonly strategy: StrategyName;
  readonly mode: Mode;
  readonly now: IsoInstant;
  /** Members in order of rank, each with its weight, calibrator and substitutes. */
  readonly members: readonly PlannedMember[];
  /** Models that may stand in for a failed member, best first. */
  readonly substitutes: readonly Candidate[];
  readonly quorumNeeded: number;
  readonly callDeadlineMs: number;
  /** How long it waits while nobody answers. Absent: the defaults. */
  readonly waits?: WaitSettings;
  readonly weightsVersion: string | null;
  readonly thresholds: Partial<StrategyThresholds>;
  /** What is left under the caps that cover this decision; null: no cap. */
  readonly budgetLeftMicroUsd: number | null;
  readonly sizing: SizingBasis | null;
  /** What a cascade values a better answer by, of contracts; absent in plans of before, whose stages followed without it. */
  readonly cascadeTrade?: TradeTerms;
  readonly candidates: readonly CandidateNote[];
  readonly degradations: readonly string[];
  /** Why there are no members, in words for people. Absent: there are, or nobody could be chosen. */
  readonly unasked?: string;
  readonly synthetic: boolean;
  /** The settings it was prepared under. Absent: prepared before they were kept. */
  readonly settings?: DecisionSettings;
  /** Absent: members were named, or none could be chosen. */
  readonly choice?: ChoiceBasis;
  /** What the record has earned, beyond the members' weights and calibrators. Absent: nothing was asked. */
  readonly earned?: EarnedPlan;
  /** Forecasts made lately for the very same question, which may stand in while nobody answers. Absent: none. */
  readonly storedAnswers?: readonly StoredAnswerOf[];
  /** Answers to the same question in other words, taken over instead of asking. Absent: none. */
  readonly reusedAnswers?: readonly ReusedForecast[];
  /** When its calls are hedged. Absent: never. */
  readonly hedge?: HedgePlan;
}

/** After how long a call without an answer gets a second one beside it. */
export interface HedgePlan {
  /** Milliseconds by model; a model that is missing is not hedged. */
  readonly afterMs: Readonly<Record<string, number>>;
}

/** A forecast that stands for a member's call. */
export interface ReusedForecast extends ReusedAnswer {
  readonly probability: number;
}

/** A stored forecast as it stands in for a member's answer (mode `cached`). */
export interface StoredAnswerOf {
  readonly model: string;
  readonly provider: string;
  readonly probability: number;
  readonly madeAt: IsoInstant;
  readonly answerKey: string | null;
  readonly modelVersion: string | null;
}

export interface PlannedMember extends Candidate {
  readonly weight: number | null;
  readonly calibrator: Calibrator | null;
  readonly calibratorVersion: string | null;
}

/** Everything sizing needs that is known before the members answer. */
export type SizingBasis = Pick<
  SizingInput,
  | 'terms'
  | 'bankrollMicroUsd'
  | 'caps'
  | 'modelWeight'
  | 'pastSpreadVariance'
  | 'varianceFactor'
  | 'membersPlanned'
> & {
  /** Of `modelWeight`, where it was learnt. Absent: as set, or blind. */
  readonly modelWeightVersion?: string;
  /** Reasons known beforehand why nothing may be traded, e.g. a conservative mode. Empty: none. */
  readonly refusals: readonly string[];
};

/** What a choice of members was drawn with and for. */
export interface ChoiceBasis {
  /** Of the shadow call's draw. */
  readonly seed: number;
  /** The model drawn for the record only; null: none. */
  readonly shadow: string | null;
  readonly volatilityRegime: VolatilityRegime;
  readonly timeToExpiry: ExpiryBucket;
}

export interface CandidateNote {
  readonly model: string;
  readonly taken: boolean;
  readonly why: string;
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
  /** Why it, or the member it stands in for, did not answer. Absent: it did, or nothing more is known. */
  readonly problem?: string;
  readonly sends: number;
  readonly modelVersion: string | null;
  readonly hops: readonly Hop[];
}

export interface DecisionResult {
  readonly decisionId: string;
  readonly subject: string;
  /** Absent in results from before it was told. */
  readonly world?: WorldId;
  /** From made-up prices. Absent as above. */
  readonly synthetic?: boolean;
  readonly status: DecisionStatus;
  readonly strategy: StrategyName;
  readonly stage: Stage;
  readonly probability: number | null;
  readonly action: 'buy' | 'sell' | 'hold';
  readonly sizeMicroUsd: number;
  readonly why: readonly string[];
  /** Null when no member answered. */
  readonly disagreement: {
    readonly stdP: number;
    readonly jensenShannon: number;
    readonly uncertainty: number;
  } | null;
  readonly quorum: { readonly asked: number; readonly answered: number; readonly needed: number };
  readonly members: readonly MemberResult[];
  readonly costMicroUsd: number;
  readonly mode: Mode;
  readonly degradations: readonly string[];
  readonly research: BriefRef | null;
  readonly providerCalls: number;
  /** Every candidate, taken or not, and why. */
  readonly candidates: readonly CandidateNote[];
  /** A budget refused a call of any of its rounds. Absent: none, or a result from before it was told. */
  readonly budgetReached?: boolean;
}

/** What one strategy says of the same answers; kept for shadow scoring (requirement B2). */
export interface ShadowAnswer {
  readonly strategy: StrategyName;
  readonly status: DecisionStatus;
  readonly probability: number | null;
  /** What it leans to where it does not decide, scored as the backtest scores it. */
  readonly leaning: number | null;
}

/** All that the decision's row holds beyond its result. */
export interface DecisionRecord {
  readonly input: DecisionInput;
  readonly plan: DecisionPlan;
  readonly result: DecisionResult;
  readonly shadow: readonly ShadowAnswer[];
  /** What all members said before the second vote. Absent: there was none, or it was not kept yet. */
  readonly firstVotes?: readonly MemberResult[];
  readonly secondVote: readonly MemberResult[];
  readonly sizing: Sizing | null;
  readonly selectedModel: string | null;
  /** The disputed trade that a person has to approve; the decision is `parked` until then. Absent: none. */
  readonly review?: DisputedTrade;
  /** The deadline cut its calls off: those that had not come back cost something too. */
  readonly cutOff?: true;
}

export interface DisputedTrade {
  readonly probability: number;
  readonly action: 'buy' | 'sell';
  readonly sizeMicroUsd: number;
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
  readonly stage: Stage | 'research' | 'preparing' | 'waiting' | 'recording' | 'done';
  readonly members: readonly {
    readonly model: string;
    readonly status: 'waiting' | 'asking' | 'answered' | 'failed';
    readonly probability: number | null;
    readonly costMicroUsd: number | null;
    readonly latencyMs: number | null;
  }[];
}
