// Research sessions: input and result.
import type { WaitSettings } from '../../domain/outage/waiting';
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
  /** True bypasses the cache: what it brings is stored after it was asked for, by a run of its own or one under way. */
  readonly refresh: boolean;
  readonly prices: PriceFile | null;
  readonly sessionId: string | null;
  /** Who reads: for metrics, e.g. `decision:equity:AAPL:...`. */
  readonly reader: string;
  /** Workflows to signal `briefReady` when done. */
  readonly waiters: readonly string[];
  /** When the brief loses its value for who asks: how long research may wait out an outage. Absent or null: it does not wait. */
  readonly deadlineAt?: IsoInstant | null;
  /** The brief that this reader has read already: served again, it is one reading. */
  readonly knownBriefId?: string;
  /** True: what the language models cannot write, or the budget cannot pay, is left to who asks next. */
  readonly withoutStandIn?: boolean;
}

export type BriefOrigin = 'miss' | 'hit' | 'joined' | 'restarted';

/** What a reader gets: a brief by id with what it cost and rests on. */
export interface BriefRef {
  readonly briefId: string;
  readonly dossierId: string | null;
  readonly seriesId: string | null;
  readonly cache: BriefOrigin;
  readonly quality: number;
  /** What this reader's request cost: 0 for a hit or a join. */
  readonly costMicroUsd: number;
  /** What the brief cost to make. */
  readonly briefCostMicroUsd: number;
  readonly epoch: number;
  readonly asOf: IsoInstant;
  readonly synthetic: boolean;
  readonly sources: readonly BriefSource[];
  /** Why the house wrote it in place of the language models. Absent: it did not have to. */
  readonly degraded?: string;
}

export interface BriefSource {
  readonly source: string;
  readonly title: string;
  readonly publicAt: IsoInstant;
}

/** What asking for a brief led to: it was there, or research is under way and will signal `briefReady`. */
export type AttachResult =
  | { readonly status: 'hit'; readonly brief: BriefRef }
  | ({ readonly status: 'attached' } & BriefUnderWay);

/** Research that signals `briefReady` to those who wait for it. */
export interface BriefUnderWay {
  readonly researchId: string;
  /** The run that answers; absent in histories from before. */
  readonly runId?: string;
}

/** What the failure of research without a brief says; the kind of the writers' last failure follows. */
export const NO_BRIEF = 'no brief could be written: ';

/** Signal that ends a waiter's wait. */
export interface BriefReady {
  readonly researchId: string;
  readonly brief: BriefRef | null;
  readonly failure: string | null;
}

export interface ResearchPlan {
  readonly category: string;
  /** Session row id, one per run and round. */
  readonly epoch: number;
  readonly writer: readonly Candidate[];
  /** The house, where language models are to write: it does when none of them can. Absent: it is among the writers. */
  readonly standIn?: Candidate;
  /** How long to wait while all writers are out, at most. Absent: not at all. */
  readonly mostWaitMs?: number;
  /** Between two rounds of asking. Absent: the defaults. */
  readonly waits?: WaitSettings;
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

/** `brief` is as its initiator sees it; null with `failure` when none could be made. */
export interface ResearchOutcome {
  readonly brief: BriefRef | null;
  readonly failure: string | null;
  /** The reader whose request caused what it cost; others have joined. */
  readonly initiator: string;
  readonly hops: readonly Hop[];
  readonly restarts: number;
}

export interface StoreBriefInput {
  readonly research: ResearchInput;
  readonly runKey: string;
  /** Id of the session's row: workflow id and run id. */
  readonly sessionRow: string;
  readonly epoch: number;
  readonly facts: GatheredFacts;
  readonly briefKey: string;
  readonly writtenBy: string;
  /** Null: verified by rule. */
  readonly verdictKey: string | null;
  readonly verifiedBy: string | null;
  readonly costMicroUsd: number;
  readonly restarts: number;
  /** Why the house wrote in place of the language models. Absent: it did not have to. */
  readonly degraded?: string;
}

export type StoreBriefResult =
  | { readonly status: 'stored'; readonly brief: BriefRef }
  | { readonly status: 'superseded' };
