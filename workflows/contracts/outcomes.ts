// Outcomes and the record's upkeep: inputs and results of outcomeWatch and performanceRollup.
import type { LearntShare } from '../../domain/track/live-record';
import type { IsoInstant, WorldId } from '../../domain/world';
import type { DecisionInput, DecisionPlan, PlannedMember } from './decision';
import type { BriefRef, PriceFile } from './research';

/** One outcome given by hand or by a file. */
export interface OutcomeEntry {
  readonly propositionId: string;
  /** `enter` refuses to change what is there, `correct` replaces it and rescores, `void` takes it out. */
  readonly action: 'enter' | 'correct' | 'void';
  /** Null exactly for `void`. */
  readonly yes: boolean | null;
  /** When the truth became public; null: when the proposition was due. */
  readonly resolvedAt: IsoInstant | null;
  readonly source: string;
  readonly reason: string;
}

export interface OutcomeWatchInput {
  readonly world: WorldId;
  /** Given outcomes; recorded before anything due is looked up. Empty: none. */
  readonly entries: readonly OutcomeEntry[];
  /** Look up what is due from prices and venues. */
  readonly resolveDue: boolean;
  /** Where a replay's closes come from. */
  readonly prices: PriceFile | null;
}

export interface Position {
  readonly resolvesAt: IsoInstant;
  readonly id: string;
}

export interface DuePage {
  readonly propositionIds: readonly string[];
  /** Null on the last page. */
  readonly next: Position | null;
}

/** Why a due proposition has no outcome yet. */
export interface PendingOutcome {
  readonly propositionId: string;
  readonly reason: string;
}

export interface OutcomeTally {
  readonly resolved: number;
  readonly voided: number;
  readonly corrected: number;
  /** Entries that said what was known already. */
  readonly unchanged: number;
  /** Forecasts scored or rescored. */
  readonly scored: number;
  readonly pending: readonly PendingOutcome[];
}

/** What is known after fitting: counts and the dated versions that came of it. */
export interface RecordSummary {
  readonly outcomes: number;
  readonly newVersions: number;
  readonly trainedThrough: IsoInstant | null;
  readonly weightsAtWork: readonly string[];
  readonly calibratorsAtWork: readonly string[];
  /** Models whose weights have started anew because they drifted. */
  readonly drifted: readonly string[];
}

export interface OutcomeWatchResult extends OutcomeTally {
  readonly world: WorldId;
  readonly record: RecordSummary;
}

export interface PerformanceRollupInput {
  readonly world: WorldId;
}

export interface PerformanceRollupResult {
  readonly world: WorldId;
  readonly asOf: IsoInstant;
  readonly windows: number;
  readonly record: RecordSummary;
}

/** What a decision's plan carries of the record, beyond its members' weights and calibrators. */
export interface EarnedPlan {
  /** Learnt weights and calibrators, at work or not: what the shadow predictions are made of. */
  readonly learnt: LearntShare;
  /** Screened members that are asked for the record only, so that they can recover. */
  readonly probation: readonly PlannedMember[];
}

/** A recorded decision whose screened members are asked after it. */
export interface ProbationInput {
  readonly input: DecisionInput;
  readonly plan: DecisionPlan;
  readonly brief: BriefRef | null;
}
