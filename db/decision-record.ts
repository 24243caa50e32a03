// The forms in which decisions and forecasts are recorded (requirement B9): everything needed to explain a
// decision later, or to replay it under other weights and strategies at no cost.
import type { Stage } from '../domain/ensemble/cascade';
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoInstant, WorldId } from '../domain/world';

export type DecisionStatus = 'decided' | 'abstained' | 'no_consensus' | 'parked' | 'expired';

export interface HopRecord {
  readonly model: string;
  /** Null: it had not failed. */
  readonly failure: string | null;
  /** Why, in one sentence of ours. */
  readonly problem?: string;
  /** A second call beside one that took long. */
  readonly hedge?: true;
  /** The other call answered first. */
  readonly outrun?: true;
}

/** One member as the decision saw it. */
export interface MemberRecord {
  readonly model: string;
  readonly provider: string;
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
  /** As answered, before calibration. */
  readonly probability: number | null;
  readonly calibratedProbability: number | null;
  readonly weight: number | null;
  readonly costMicroUsd: MicroUsd | null;
  readonly latencyMs: number | null;
  readonly answerKey: string | null;
  /** The member that failed and for which this model answered. Absent in rows from before it was told. */
  readonly standsInFor?: string | null;
  /** Why it, or the member it stands in for, did not answer. */
  readonly problem?: string;
  /** The candidates tried before this one, in order, and why each was left; and both calls of a hedge. */
  readonly hops?: readonly HopRecord[];
}

export interface CandidateRecord {
  readonly model: string;
  readonly taken: boolean;
  readonly why: string;
}

export interface ShadowRecord {
  readonly strategy: string;
  readonly status: string;
  readonly probability: number | null;
  /** What it leans to where it does not decide; absent in rows from before it was kept. */
  readonly leaning?: number | null;
}

export interface DecisionRecord {
  readonly id: string;
  readonly world: WorldId;
  readonly sessionId: string | null;
  readonly subject: string;
  readonly category: string;
  readonly propositionId: string;
  readonly briefId: string | null;
  readonly status: DecisionStatus;
  readonly strategy: string;
  readonly stage: Stage;
  readonly stakeMicroUsd: MicroUsd;
  /** Null unless decided. */
  readonly probability: number | null;
  /** `hold` means size 0. */
  readonly action: 'buy' | 'sell' | 'hold';
  readonly sizeMicroUsd: MicroUsd;
  /** Reasons, the last ones saying why nothing is traded when nothing is. */
  readonly why: readonly string[];
  readonly disagreement: {
    readonly stdP: number;
    readonly jensenShannon: number;
    readonly uncertainty: number;
  } | null;
  readonly quorum: { readonly asked: number; readonly answered: number; readonly needed: number };
  readonly members: readonly MemberRecord[];
  /** The single model whose answer was taken, where the strategy takes one. */
  readonly selectedModel: string | null;
  readonly mode: string;
  readonly degradations: readonly string[];
  readonly price: number | null;
  readonly priceAt: IsoInstant | null;
  readonly weightsVersion: string | null;
  readonly calibrationVersions: Readonly<Record<string, string>>;
  readonly candidates: readonly CandidateRecord[];
  readonly shadow: readonly ShadowRecord[];
  /** Anything else worth keeping: sizing terms, stage history. Plain JSON. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly costMicroUsd: MicroUsd;
  readonly synthetic: boolean;
  /** On the world's clock, set when stored. */
  readonly createdAt: IsoInstant;
}

export type NewDecision = Omit<DecisionRecord, 'createdAt'>;

export interface ForecastRecord {
  readonly id: string;
  readonly world: WorldId;
  /** Null for forecasts without a decision, such as a panel's. */
  readonly decisionId: string | null;
  /** `first` or `second` vote of a decision, or the group of a panel or competition: one forecast per model in each. */
  readonly attemptGroup: string;
  readonly model: string;
  readonly provider: string;
  readonly modelVersion: string;
  readonly propositionId: string;
  readonly briefId: string | null;
  readonly answerKey: string | null;
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
  readonly probability: number | null;
  readonly calibratedProbability: number | null;
  readonly weight: number | null;
  readonly reasons: readonly string[];
  readonly costMicroUsd: MicroUsd | null;
  readonly latencyMs: number;
  /** Kept for the record only: shadow calls and late answers. */
  readonly shadow: boolean;
  readonly synthetic: boolean;
  readonly createdAt: IsoInstant;
}

export type NewForecast = Omit<ForecastRecord, 'id' | 'createdAt'>;

/** Stable: the same decision, round, stage and model are the same forecast. */
export const forecastId = (
  forecast: Pick<NewForecast, 'decisionId' | 'propositionId' | 'attemptGroup' | 'model'>,
): string => `${forecast.decisionId ?? forecast.propositionId}/${forecast.attemptGroup}/${forecast.model}`;
