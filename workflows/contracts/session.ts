// Market sessions: input and result. The result is kept small; decisions are read from Postgres.

import type { StrategyName } from '../../domain/ensemble/strategy';
import type { SessionKind } from '../../domain/market/session-times';
import type { Mode } from '../../domain/outage/modes';
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import type { IsoDate, IsoInstant, WorldId } from '../../domain/world';
import type { PriceFile } from './research';

export interface SessionRequest {
  readonly market: string;
  readonly kind: SessionKind;
  /** Null: the day that the trigger's scheduled time falls on, or the current one. */
  readonly date: IsoDate | null;
  /** True when the user gave `--as-of`: the session is a replay as of its decision time. */
  readonly replay: boolean;
  /** Empty: the market's watchlist. */
  readonly subjects: readonly string[];
  readonly members: readonly string[] | null;
  readonly strategy: StrategyName | null;
  readonly stakeMicroUsd: number | null;
  readonly template: BriefTemplate;
  readonly researchKind: ResearchKind;
  readonly refresh: boolean;
  readonly prices: PriceFile | null;
  readonly horizonDays: number;
  /** Null for scheduled runs: one a day. */
  readonly requestKey: string | null;
}

/** What the trigger resolved: the session that runs, or why none does. */
export interface SessionTarget {
  readonly sessionId: string | null;
  readonly world: WorldId;
  readonly date: IsoDate;
  readonly skipped: string | null;
}

/** A subject whose decision ended without a row: one that was terminated, or could not be prepared. */
export interface UndecidedSubject {
  readonly subject: string;
  /** One line for people. */
  readonly reason: string;
}

export interface SessionInput {
  readonly request: SessionRequest;
  readonly sessionId: string;
  readonly world: WorldId;
  readonly synthetic: boolean;
  readonly asOf: IsoInstant | null;
  readonly date: IsoDate;
  /** When its schedule meant it to start; null for a run by hand, absent in histories from before. */
  readonly scheduledAt?: IsoInstant | null;
  readonly decisionAt: IsoInstant;
  readonly deadlineAt: IsoInstant | null;
  readonly subjects: readonly string[];
  readonly stakeMicroUsd: number;
  /** How many subjects run at once. */
  readonly concurrency: number;
  /** Carried over by continue-as-new. */
  readonly next: number;
  /** Of the runs before, carried over as well; absent: none. */
  readonly undecided?: readonly UndecidedSubject[];
}

export interface SessionResult {
  readonly sessionId: string;
  readonly market: string;
  readonly date: IsoDate;
  readonly kind: SessionKind;
  readonly mode: Mode;
  readonly synthetic: boolean;
  readonly status: 'finished' | 'skipped';
  readonly skipped: string | null;
  readonly subjects: number;
  readonly decided: number;
  /** Subjects whose decision ended without a row; the session's note says why. */
  readonly undecided: number;
  readonly costMicroUsd: number;
  readonly savedMicroUsd: number;
  readonly providerCalls: number;
  readonly wallMs: number;
  readonly scheduledAt: IsoInstant | null;
  /** How much later than scheduled it started: late is not missed. Null for a run by hand. */
  readonly lateSeconds: number | null;
}

export interface SessionProgress {
  readonly sessionId: string;
  readonly total: number;
  readonly done: number;
  readonly running: readonly {
    readonly subject: string;
    readonly decisionId: string;
    readonly since: IsoInstant;
  }[];
}
