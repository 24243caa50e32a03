// The one interface behind which every model is served, hosted, local, statistical or recorded.
import type { Bar } from '../domain/market/bar';
import type { Proposition } from '../domain/market/proposition';
import type { UsageTokens } from '../domain/money/usage';
import type { FailureKind } from '../domain/outage/failure';
import type { BriefContent, ResearchKind, SourceItem } from '../domain/research/brief';
import type { ModelEntry } from '../domain/selection/model';
import type { IsoInstant } from '../domain/world';

/** Parts in the order they are sent: the stable prefix first, so that providers can cache it (E7). */
export interface PromptParts {
  readonly system: string;
  /** Stable across members and subjects' siblings: instructions, then the shared brief. */
  readonly stable: string;
  /** What differs per call. */
  readonly question: string;
}

/** Facts loaded by id inside the activity; what `house` and `recorded` read instead of a prompt. */
export interface CallData {
  readonly proposition?: Proposition;
  /** Bars known at the as-of instant, oldest first. */
  readonly bars?: readonly Bar[];
  /** Bars of peers or the index, by symbol. */
  readonly peers?: Readonly<Record<string, readonly Bar[]>>;
  readonly brief?: BriefContent;
  /** The question row of a recorded set (`row_id`). */
  readonly recordedRowId?: string;
  /** Which analyst asks, for the house analysts. */
  readonly analyst?: string;
  /** Key statistics and fundamentals, by name. */
  readonly facts?: Readonly<Record<string, number | string>>;
  /** News known at the as-of instant, newest first; what the house brief writer cites. */
  readonly news?: readonly SourceItem[];
  /** Nothing public after this instant is in the data. */
  readonly asOf?: IsoInstant;
  /** Dated events ahead, one line each (`2025-10-30: earnings`). */
  readonly upcoming?: readonly string[];
  /** Which kind of brief is to be written or verified. */
  readonly researchKind?: ResearchKind;
}

/** A JSON Schema object; answers are validated against it before they leave the provider. */
export interface AnswerSchema {
  /** Name of the answer's form, e.g. `forecast`, `brief`, `verdict`, `analyst`, `text`. */
  readonly name: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
}

export interface CallLimits {
  /** Total deadline of this attempt; a dripping reply cannot extend it. */
  readonly deadlineMs: number;
  readonly maxOutputTokens: number;
}

export interface CompletionRequest {
  readonly model: ModelEntry;
  readonly prompt: PromptParts;
  readonly data: CallData;
  readonly schema: AnswerSchema;
  readonly limits: CallLimits;
  readonly signal: AbortSignal;
  /** Ledger key of this sending; travels in the header `x-conclave-call`. */
  readonly callKey: string;
}

/** Tokens as billed. */
export type TokenUsage = UsageTokens;

export const NO_USAGE: TokenUsage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

export interface Completion {
  /** The validated answer, of the schema's form. */
  readonly answer: unknown;
  readonly usage: TokenUsage | null;
  /** Set by providers that know the cost themselves (`recorded`, `house` = 0); null: priced from usage. */
  readonly costMicroUsd: number | null;
  readonly latencyMs: number;
  /** The model version the provider says it used. */
  readonly servedBy: string;
}

/** What a discovery or health check says. */
export interface ProviderCheck {
  readonly ok: boolean;
  readonly detail: string;
  readonly latencyMs: number;
}

export interface Provider {
  readonly name: string;
  /** @throws ProviderFailure and nothing else. */
  complete(request: CompletionRequest): Promise<Completion>;
  /** Cheap reachability check; never a billed call. Absent where none exists. */
  check?(signal: AbortSignal): Promise<ProviderCheck>;
  /** Models found on the spot (Ollama's installed ones, a recorded file's systems). */
  discover?(signal: AbortSignal): Promise<readonly ModelEntry[]>;
}

/** The one error class of providers. Never carries prompt, key or reply text. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly details: {
      readonly status?: number;
      readonly retryAfterMs?: number;
      /** Known usage of a failed but billed call. */
      readonly usage?: TokenUsage;
      /** Its bill, where the provider told it. */
      readonly costMicroUsd?: number;
      /** False when the request certainly never reached the provider, so that nothing was billed. */
      readonly sent: boolean;
      readonly latencyMs?: number;
      /** A cap refused the call and asks for a cheaper candidate rather than the end. */
      readonly downgrade?: boolean;
      /** The answer was cut where its room ended: asked again in the same room, it would be cut and billed again. */
      readonly cut?: true;
      /** The server refused the schema of the answer, and asked no model. */
      readonly refusedForm?: true;
    },
  ) {
    super(message);
  }
}
