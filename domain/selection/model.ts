// Registry entries: what is known of a model before it has a record.
import type { MicroUsd } from '../money/micro-usd';

export const SPEEDS = ['very_fast', 'fast', 'medium', 'slow'] as const;
export type Speed = (typeof SPEEDS)[number];

export const STRENGTHS = [
  // writing
  'prose',
  'dialogue',
  'plot',
  'character',
  'analysis',
  'editing',
  'speed',
  // trading
  'forecasting',
  'financial_reasoning',
  'research',
  'technical_analysis',
  'risk',
] as const;
export type Strength = (typeof STRENGTHS)[number];

/** One dated price: whole micro-dollars per 1M tokens. */
export interface ModelPrice {
  readonly validFrom: string;
  readonly inputPer1M: MicroUsd;
  readonly outputPer1M: MicroUsd;
  readonly cachedInputPer1M: MicroUsd | null;
  readonly cacheWritePer1M: MicroUsd | null;
  /** Higher rates for prompts beyond so many input tokens, where the provider has them. */
  readonly longContext: {
    readonly aboveInputTokens: number;
    readonly inputPer1M: MicroUsd;
    readonly outputPer1M: MicroUsd;
    readonly cachedInputPer1M: MicroUsd | null;
    /** Absent or null: the dearer of this input rate and the base rate for cache writes. */
    readonly cacheWritePer1M?: MicroUsd | null;
  } | null;
  /** Where the figure is from. */
  readonly source: string;
  /** Day on which the figure was read at its source; its age is counted from here. */
  readonly readOn?: string;
}

/** The end of a name: from that day on its maker no longer serves it. */
export interface Retirement {
  /** A UTC day. */
  readonly on: string;
  /** Where that was read. */
  readonly source: string;
  readonly readOn: string;
}

export interface ModelEntry {
  /** The id used everywhere in Conclave, e.g. `gpt-6-luna`, `house-momentum`. */
  readonly id: string;
  /** `openai`, `anthropic`, `xai`, `deepseek`, `openrouter`, `google`.. as configured, `ollama`, `house`, `recorded`. */
  readonly provider: string;
  /** The name the provider's API expects. */
  readonly providerModel: string;
  readonly displayName: string;
  /** Seed value 0-10, until a category has earned its own. */
  readonly quality: number;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly strengths: readonly Strength[];
  readonly speed: Speed;
  readonly local: boolean;
  /** Statistical models of the house, not language models. */
  readonly statistical: boolean;
  /** Environment variable that holds the key; null when none is needed. */
  readonly keyName: string | null;
  /** The maker's cheaper model that does its research (A9); null: does its own. */
  readonly researchSibling: string | null;
  readonly version: string;
  /** The price in force when the registry was made; null: unknown, so that calls are refused. */
  readonly price: ModelPrice | null;
  /** Every dated price known, oldest first, announced ones included; absent when there is only `price`. */
  readonly datedPrices?: readonly ModelPrice[];
  /** When its maker ends it; absent: not announced. */
  readonly retirement?: Retirement;
}
