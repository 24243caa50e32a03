// The hands-free desk: warming of briefs, looking for events, the daily round of paper accounts.
import type { WarmingItem } from '../../domain/desk/warming';
import type { ResearchKind } from '../../domain/research/brief';
import type { IsoDate, IsoInstant, WorldId } from '../../domain/world';

/** Briefs to make before a session, or anew after an event. */
export type WarmingRequest =
  | { readonly purpose: 'session'; readonly market: string }
  | {
      readonly purpose: 'event';
      readonly eventId: string;
      readonly covers: readonly string[] | 'all';
      /** Null: every world. */
      readonly world: WorldId | null;
    };

export interface WarmingPlan {
  /** Whose calls these are in the ledger, and the key of their cap. */
  readonly sessionId: string;
  readonly world: WorldId;
  readonly date: IsoDate;
  /** Why nothing is done; null when something is. */
  readonly skipped: string | null;
  readonly items: readonly WarmingItem[];
  readonly fresh: number;
  readonly tooEarly: readonly ResearchKind[];
  readonly budgetMicroUsd: number;
  readonly concurrency: number;
  /** Nothing is begun after it; null: none. */
  readonly deadlineAt: IsoInstant | null;
}

export interface WarmingTally {
  readonly made: number;
  readonly fresh: number;
  readonly failed: number;
  /** Left out because the budget had no room for them. */
  readonly overBudget: number;
  /** Left out because the session had begun. */
  readonly late: number;
}

/** One run of a research session that warming has started or joined. */
export interface WarmingResearch {
  readonly researchId: string;
  readonly runId: string;
}

export interface WarmingInput {
  readonly request: WarmingRequest;
  /** Carried over by continue-as-new; null at the start. */
  readonly going: {
    readonly plan: WarmingPlan;
    readonly tally: WarmingTally;
    /** Researches that were not waited for any longer. */
    readonly unsettled?: readonly WarmingResearch[];
  } | null;
}

export interface WarmingResult extends WarmingTally {
  readonly sessionId: string;
  readonly world: WorldId;
  readonly date: IsoDate;
  readonly skipped: string | null;
  readonly tooEarly: readonly ResearchKind[];
  readonly costMicroUsd: number;
  readonly budgetMicroUsd: number;
}

export interface AttachWarming {
  readonly plan: Pick<WarmingPlan, 'sessionId' | 'world' | 'budgetMicroUsd'>;
  readonly item: WarmingItem;
  readonly waiter: string;
}

export type WarmingAttached =
  | { readonly status: 'fresh' }
  | { readonly status: 'over_budget' }
  | ({ readonly status: 'attached' } & WarmingResearch);

export const warmingSessionId = (world: WorldId, market: string, date: IsoDate): string =>
  `warming:${world}:${market}:${date}`;
/** One per event: the same id twice is the same research. */
export const eventResearchId = (eventId: string): string => `event-research:${eventId}`;

export interface EventWatchResult {
  readonly world: WorldId;
  readonly looked: number;
  readonly skipped: string | null;
  readonly proposed: readonly { readonly id: string; readonly reason: string }[];
  readonly degraded: readonly string[];
}
