// The faults that the test provider server can show, each with whether a real provider would have billed
// the call. Names are what tests, scripts and the call log use.

/** True: the provider did the work and bills it, whatever became of the reply. */
export const FAULTS = {
  refuse: false,
  reset: false,
  reset_after_billing: true,
  black_hole: false,
  slow_headers: true,
  drip: true,
  keep_alive_drip: true,
  truncated_json: true,
  cut_body: true,
  malformed_json: true,
  html_page: false,
  malformed_answer: true,
  wrong_types: true,
  out_of_range: true,
  not_a_number: true,
  missing_field: true,
  empty_answer: true,
  empty_choices: true,
  no_finish_reason: true,
  cut_by_length: true,
  zero_usage: true,
  no_usage: true,
  error_in_200: false,
  huge_body: true,
  auth_echo: false,
  forbidden: false,
  payment: false,
  rate_limited: false,
  overloaded: false,
  server_error: false,
  bad_gateway: false,
  content_filter: true,
  content_filter_400: false,
  context_too_long: false,
  bad_request: false,
  redirect: false,
} as const;

export type Fault = keyof typeof FAULTS;

export const isFault = (name: string): name is Fault => Object.hasOwn(FAULTS, name);

/** Which calls a rule is for; an absent field matches all. */
export interface CallMatch {
  /** The `/p/<name>` prefix of the base URL, else the api's own name. */
  readonly provider?: string;
  readonly model?: string;
  /** Part of the prompt. */
  readonly promptIncludes?: string;
}

export interface FaultSettings {
  /** `retry-after` and `retry-after-ms` headers as sent. */
  readonly retryAfter?: string;
  readonly retryAfterMs?: string;
  /** Pause between drips, or before slow headers. */
  readonly everyMs?: number;
  /** How long the listener stays closed for `refuse`. */
  readonly forMs?: number;
  /** Where `redirect` points. */
  readonly location?: string;
  /** Replaces the answer's text, for generated malformed replies. */
  readonly text?: string;
  readonly status?: number;
}

/** Used up in order, each `times` times. */
export interface QueuedFault {
  readonly fault: Fault;
  readonly times?: number;
  readonly match?: CallMatch;
  readonly settings?: FaultSettings;
}

/** Happens to a seeded share of calls. */
export interface SharedFault extends Omit<QueuedFault, 'times'> {
  /** In [0, 1]; shares of one list add up. */
  readonly share: number;
}

export interface ModelRates {
  /** Micro-dollars per 1M tokens. */
  readonly inputPer1M: number;
  readonly outputPer1M: number;
  readonly cachedInputPer1M?: number;
}

export interface Behaviour {
  /** Time from request to answer. */
  readonly delayMs: number;
  readonly seed: number;
  readonly queue: readonly QueuedFault[];
  readonly mix: readonly SharedFault[];
  /** By model; `default` for the rest. */
  readonly rates: Readonly<Record<string, ModelRates>>;
  /** Share of input tokens reported as read from the cache. */
  readonly cachedShare: number;
  /** Characters per token of the bill: tokenizers differ. */
  readonly charsPerToken: number;
  /** Reasoning tokens added to the output. */
  readonly reasoningTokens: number;
  /** The model that replies name, of each that is asked; others are named as asked. */
  readonly servedAs: Readonly<Record<string, string>>;
  /** Fixed answers, before the generated ones. */
  readonly answers: readonly { readonly match: CallMatch; readonly answer: unknown }[];
  /** What `/api/tags` and `/v1/models` list. */
  readonly models: readonly string[];
  /** The only key that lists are shown for; null: any, or none. */
  readonly listKey: string | null;
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  delayMs: 0,
  seed: 1,
  queue: [],
  mix: [],
  rates: { default: { inputPer1M: 1_000_000, outputPer1M: 4_000_000, cachedInputPer1M: 250_000 } },
  cachedShare: 0,
  charsPerToken: 4,
  reasoningTokens: 0,
  servedAs: {},
  answers: [],
  models: ['llama3.2:3b', 'mistral:7b'],
  listKey: null,
};
