// Calls of a model as activities see them: everything by id, nothing secret, nothing large.
import type { FailureKind } from '../../domain/outage/failure';
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import type { TopRates } from '../../domain/selection/no-dearer';
import type { IsoInstant, WorldId } from '../../domain/world';

/** What a call is for; the activity loads prompt and data from these ids. */
export type CallTask =
  | {
      readonly type: 'forecast';
      readonly propositionId: string;
      readonly briefId: string | null;
      readonly seriesId: string | null;
      readonly recorded: RecordedRow | null;
      /** Key of the first round's answers, for the second vote after a critique. */
      readonly critiqueKeys?: readonly string[];
      /** Id of another wording of the forecast's prompt, for an experiment. */
      readonly wordingId?: string;
      readonly quoted?: QuotedPrice;
    }
  | {
      readonly type: 'critique';
      readonly propositionId: string;
      readonly briefId: string | null;
      readonly answerKeys: readonly string[];
      readonly quoted?: QuotedPrice;
    }
  | {
      readonly type: 'brief';
      readonly dossierId: string;
      readonly kind: ResearchKind;
      readonly template: BriefTemplate;
    }
  | {
      readonly type: 'verdict';
      readonly dossierId: string;
      readonly kind: ResearchKind;
      readonly briefKey: string;
    }
  | {
      readonly type: 'analyst';
      readonly analyst: string;
      /** Version of the stored wording. */
      readonly promptVersion: string;
      readonly propositionId: string;
      readonly briefId: string | null;
      readonly seriesId: string | null;
      readonly dossierId: string | null;
      readonly quoted?: QuotedPrice;
    }
  | { readonly type: 'text'; readonly taskType: string; readonly promptId: string }
  /** A statement in words: its probability. */
  | { readonly type: 'statement'; readonly promptId: string }
  /** A critical task in words: one of the verdicts, with reasons. */
  | {
      readonly type: 'judgement';
      readonly taskType: string;
      readonly promptId: string;
      readonly options: readonly string[];
    };

/**
 * The price that the asker compares with. A contract's proposition is stored once and asked about for weeks: its own
 * price is that of the first time. Absent: the stored one.
 */
export interface QuotedPrice {
  /** Null: the venue had none that could be traded near. */
  readonly priceOfYes: number | null;
  readonly at: IsoInstant;
}

/** The part of a task that says so; nothing where nobody looked for a price. */
export const quotedBy = (
  priceOfYes: number | null,
  at: IsoInstant | null | undefined,
): { readonly quoted?: QuotedPrice } =>
  at === null || at === undefined ? {} : { quoted: { priceOfYes, at } };

/** A row of a recorded set of forecasts, by folder (as the worker sees it) and row id. */
export interface RecordedRow {
  readonly folder: string;
  readonly rowId: string;
}

export interface CallScopes {
  readonly decisionId?: string;
  readonly sessionId?: string;
}

export interface CallModelInput {
  /** `<workflow id>/<first run id>/<restart round>/<stage>/<model>`; the same key never pays twice. */
  readonly key: string;
  readonly provider: string;
  readonly model: string;
  readonly task: CallTask;
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  /** For reports: `decision`, `research`, `panel`, `tournament`, `ask`, `hedge`. */
  readonly feature: string;
  readonly category: string;
  readonly scopes: CallScopes;
  /** Total deadline of one attempt. */
  readonly deadlineMs: number;
  /** The most this call may reserve; null: no ceiling (caps still hold). */
  readonly maxCostMicroUsd: number | null;
  /** Multiplies recorded latencies; 0 answers at once. */
  readonly recordedLatencyScale?: number;
  /**
   * One of two calls of which the first answer counts. It is waited for to its deadline and booked even when the
   * other has won or the decision is over. A `second` one goes only where the breaker is closed. Absent: alone.
   */
  readonly race?: 'first' | 'second';
}

export interface CallModelResult {
  readonly key: string;
  readonly model: string;
  readonly provider: string;
  /** The forecast's probability; null for tasks that give none. */
  readonly probability: number | null;
  /** Cost of all sendings under this key. Null when a recorded row has none. */
  readonly costMicroUsd: number | null;
  readonly latencyMs: number;
  readonly sends: number;
  /** True when the answer was already stored: nothing was sent. */
  readonly reused: boolean;
  readonly modelVersion: string;
}

/** Details of the ApplicationFailure that a failed call ends in; its `type` is the kind. */
export interface CallFailureDetails {
  readonly kind: FailureKind;
  readonly costMicroUsd: number;
  readonly latencyMs: number;
  readonly sends: number;
  readonly message: string;
  /** The message is some error's own, the database's say: for logs alone. Absent: a sentence of ours. */
  readonly foreign?: true;
  /** A cap refused the call and asks for a cheaper candidate first. */
  readonly downgrade?: boolean;
}

/** A call of which no more is known than why it failed: nothing was billed. */
export const unbilledFailure = (kind: FailureKind, message: string): CallFailureDetails => ({
  kind,
  costMicroUsd: 0,
  latencyMs: 0,
  sends: 0,
  message,
});

/** The same, from an error that nobody here has worded. */
export const unwordedFailure = (kind: FailureKind, message: string): CallFailureDetails => ({
  ...unbilledFailure(kind, message),
  foreign: true,
});

/** How often one provider is tried, and after how long, where the failure names no wait of its own. */
export const CALL_RETRY = {
  /** Upper bound over all kinds; the failure table's `attempts` is enforced where a failure is classified. */
  maximumAttempts: 5,
  initialInterval: 200,
  backoffCoefficient: 3,
  maximumInterval: 5_000,
} as const;

/** Calls of one model that go side by side in one activity; what they share is said once. */
export interface CallModelsInput extends Omit<CallModelInput, 'key' | 'task' | 'race'> {
  readonly calls: readonly Pick<CallModelInput, 'key' | 'task'>[];
}

/** How one call ended at its model: an answer, or the last failure after the retries. */
export type Landed =
  | { readonly result: CallModelResult; readonly failed: null }
  | { readonly result: null; readonly failed: CallFailureDetails };

/** One of several calls. */
export type LandedCall = { readonly key: string } & Landed;

/** A model that may take a call, in the order of preference. */
export interface Candidate {
  readonly model: string;
  readonly provider: string;
  /** Worst-case cost of one usual call. */
  readonly worstCaseMicroUsd: number;
  /** What nobody who stands in for it may exceed. Absent: planned before rates were kept, or of the house. */
  readonly rates?: TopRates;
  readonly statistical: boolean;
  readonly recorded: boolean;
  /** How long one of its calls may take, where its provider has a time of its own. Absent: as all calls of the run. */
  readonly deadlineMs?: number;
}

/** One try of one model within a failover loop. */
export interface Hop {
  readonly model: string;
  readonly provider: string;
  readonly failure: FailureKind | null;
  /** Why it failed, in one sentence of ours. Absent: it did not, or nothing more is known. */
  readonly problem?: string;
  readonly costMicroUsd: number;
  readonly latencyMs: number;
  /** A second call, made beside one that took long. */
  readonly hedge?: true;
  /** The other of two calls answered first. Its own answer and bill come later: they are in the ledger only. */
  readonly outrun?: true;
}

/** An earlier answer that stands for a call: the same question in other words (A12). It costs nothing. */
export interface ReusedAnswer {
  readonly model: string;
  readonly provider: string;
  readonly answerKey: string;
  readonly modelVersion: string;
  /** What it cost when it was given. */
  readonly costThenMicroUsd: number;
  readonly givenAt: IsoInstant;
  /** Id of the decision or tournament that asked. */
  readonly from: string;
  /** Share of common trigrams, 0-1; the gate decided. */
  readonly similarity: number;
}
