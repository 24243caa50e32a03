// Research sessions: input and result.
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import type { IsoInstant, WorldId } from '../../domain/world';
import type { Candidate, Hop } from './calls';

/** Where prices come from when not from the configured chain. */
export interface PriceFile {
  readonly path: string;
  /** Hash of the file's content; a file that has changed since is refused. */
  readonly hash: string;
}

export interface ResearchInput {
  readonly world: WorldId;
  /** Null in live work. */
  readonly asOf: IsoInstant | null;
  readonly subject: string;
  readonly kind: ResearchKind;
  readonly template: BriefTemplate;
  /** True bypasses the cache, or joins a run under way. */
  readonly refresh: boolean;
  readonly prices: PriceFile | null;
  readonly sessionId: string | null;
  /** Who reads: for metrics, e.g. `decision:equity:AAPL:...`. */
  readonly reader: string;
  /** Workflows to signal `briefReady` when done. */
  readonly waiters: readonly string[];
}

export type BriefOrigin = 'miss' | 'hit' | 'joined' | 'restarted';

/** What a reader gets: a brief by id with what it cost and rests on. */
export interface BriefRef {
  readonly briefId: string;
  readonly seriesId: string | null;
  readonly cache: BriefOrigin;
  readonly quality: number;
  /** What this reader's request cost: 0 for a hit or a join. */
  readonly costMicroUsd: number;
  /** What the brief cost to make. */
  readonly briefCostMicroUsd: number;
  readonly asOf: IsoInstant;
  readonly synthetic: boolean;
  readonly sources: readonly BriefSource[];
}

export interface BriefSource {
  readonly source: string;
  readonly title: string;
  readonly publicAt: IsoInstant;
}

/** Signal that ends a waiter's wait. */
export interface BriefReady {
  readonly key: string;
  readonly brief: BriefRef | null;
  readonly failure: string | null;
}

export interface ResearchPlan {
  /** Session row id, one per run and round. */
  readonly epoch: number;
  readonly writer: readonly Candidate[];
  /** Empty: quality is verified by rule. */
  readonly verifier: readonly Candidate[];
  readonly deadlineMs: number;
}

export interface GatheredFacts {
  readonly dossierId: string;
  readonly seriesId: string | null;
  readonly asOf: IsoInstant;
  readonly synthetic: boolean;
  /** Counts by source for the summary table. */
  readonly items: number;
  readonly degraded: readonly string[];
}

export interface ResearchOutcome {
  readonly brief: BriefRef;
  readonly hops: readonly Hop[];
  readonly restarts: number;
}
