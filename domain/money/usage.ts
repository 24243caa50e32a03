// Tokens as billed, and the many shapes in which providers report them. Whether input includes cached tokens,
// and output includes reasoning, differs by provider; after this file it does not.

/** `input` counts all input tokens, `cachedInput` and `cacheWrite` are parts of it; `reasoning` is part of `output`. */
export interface UsageTokens {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export const USAGE_SHAPES = [
  'openai_chat',
  'openai_responses',
  'anthropic',
  'xai',
  'deepseek',
  'openrouter',
  'google',
  'ollama',
] as const;
export type UsageShape = (typeof USAGE_SHAPES)[number];

type Raw = Readonly<Record<string, unknown>>;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The first of `fields` that is present; absent and null read as 0. A present non-count makes all unknown. */
const count = (raw: unknown, ...fields: readonly string[]): number => {
  if (typeof raw !== 'object' || raw === null) return 0;
  for (const field of fields) {
    const value = (raw as Raw)[field];
    if (value === undefined || value === null) continue;
    return isCount(value) ? value : Number.NaN;
  }
  return 0;
};

const has = (raw: Raw, ...fields: readonly string[]): boolean => fields.some((field) => isCount(raw[field]));

const openAiChat = (raw: Raw): UsageTokens | null =>
  has(raw, 'prompt_tokens', 'completion_tokens')
    ? {
        input: count(raw, 'prompt_tokens'),
        cachedInput: count(raw.prompt_tokens_details, 'cached_tokens'),
        cacheWrite: count(raw.prompt_tokens_details, 'cache_write_tokens'),
        output: count(raw, 'completion_tokens'),
        reasoning: count(raw.completion_tokens_details, 'reasoning_tokens'),
      }
    : null;

const openAiResponses = (raw: Raw): UsageTokens | null =>
  has(raw, 'input_tokens', 'output_tokens')
    ? {
        input: count(raw, 'input_tokens'),
        cachedInput: count(raw.input_tokens_details, 'cached_tokens'),
        cacheWrite: count(raw.input_tokens_details, 'cache_write_tokens'),
        output: count(raw, 'output_tokens'),
        reasoning: count(raw.output_tokens_details, 'reasoning_tokens'),
      }
    : null;

/** Anthropic leaves cached and written tokens out of `input_tokens`. */
const anthropic = (raw: Raw): UsageTokens | null => {
  if (!has(raw, 'input_tokens', 'output_tokens')) return null;
  const cachedInput = count(raw, 'cache_read_input_tokens');
  const cacheWrite = count(raw, 'cache_creation_input_tokens');
  return {
    input: count(raw, 'input_tokens') + cachedInput + cacheWrite,
    cachedInput,
    cacheWrite,
    output: count(raw, 'output_tokens'),
    reasoning: 0,
  };
};

/** xAI's `completion_tokens` leave reasoning out on most models; the total tells which way it was counted. */
const xai = (raw: Raw): UsageTokens | null => {
  const plain = openAiChat(raw);
  if (plain === null) return null;
  const included =
    count(raw, 'total_tokens') === plain.input + plain.output && plain.reasoning <= plain.output;
  return included ? plain : { ...plain, output: plain.output + plain.reasoning };
};

/** DeepSeek names hits and misses; together they are `prompt_tokens`. */
const deepseek = (raw: Raw): UsageTokens | null => {
  const plain = openAiChat(raw);
  if (plain === null) return null;
  const hits = count(raw, 'prompt_cache_hit_tokens');
  return { ...plain, cachedInput: raw.prompt_cache_hit_tokens === undefined ? plain.cachedInput : hits };
};

/** Gemini counts cached tokens inside the prompt, thoughts beside the candidates. */
const google = (raw: Raw): UsageTokens | null => {
  if (!has(raw, 'promptTokenCount', 'candidatesTokenCount')) return null;
  const reasoning = count(raw, 'thoughtsTokenCount');
  return {
    input: count(raw, 'promptTokenCount') + count(raw, 'toolUsePromptTokenCount'),
    cachedInput: count(raw, 'cachedContentTokenCount'),
    cacheWrite: 0,
    output: count(raw, 'candidatesTokenCount') + reasoning,
    reasoning,
  };
};

const ollama = (raw: Raw): UsageTokens | null =>
  has(raw, 'prompt_eval_count', 'eval_count')
    ? {
        input: count(raw, 'prompt_eval_count'),
        cachedInput: 0,
        cacheWrite: 0,
        output: count(raw, 'eval_count'),
        reasoning: 0,
      }
    : null;

const READERS: Readonly<Record<UsageShape, (raw: Raw) => UsageTokens | null>> = {
  openai_chat: openAiChat,
  openai_responses: openAiResponses,
  anthropic,
  xai,
  deepseek,
  openrouter: openAiChat,
  google,
  ollama,
};

/** Names the first count that cannot be, or null when the usage is consistent. */
export const usageProblem = (usage: UsageTokens): string | null => {
  for (const [field, value] of Object.entries(usage))
    if (!isCount(value)) return `usage.${field} is ${value}; accepted: a whole number of at least 0`;
  if (usage.cachedInput + usage.cacheWrite > usage.input)
    return `usage.cachedInput and usage.cacheWrite are ${usage.cachedInput + usage.cacheWrite}, more than usage.input ${usage.input}`;
  if (usage.reasoning > usage.output)
    return `usage.reasoning is ${usage.reasoning}, more than usage.output ${usage.output}`;
  return null;
};

/**
 * One provider's usage object in Conclave's counts. Null when there is none, or when its counts contradict
 * each other: the cost is then unknown, and the reservation stays, never 0.
 */
export const readUsage = (shape: UsageShape, raw: unknown): UsageTokens | null => {
  if (typeof raw !== 'object' || raw === null) return null;
  const usage = READERS[shape](raw as Raw);
  return usage === null || usageProblem(usage) !== null ? null : usage;
};
