// Brings the providers' different usage objects to one form, from the raw reply, so that a billed call
// whose answer was unreadable is priced like any other.
import { usageProblem } from '../domain/money/usage';
import type { TokenUsage } from './port';

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** The first that is told; none is 0. What is told and cannot be a count makes the whole usage unknown. */
const count = (...candidates: readonly unknown[]): number => {
  const found = candidates.find((value) => value !== undefined && value !== null) ?? 0;
  return Number.isSafeInteger(found) && (found as number) >= 0 ? (found as number) : Number.NaN;
};

const parsed = (body: string): Json => {
  try {
    return object(JSON.parse(body));
  } catch {
    return {};
  }
};

/**
 * Anthropic: `input_tokens` leaves out what was read from or written to the cache. What was written is also told by
 * how long it is kept; where only the parts are told, they make the sum.
 */
const anthropicUsage = (usage: Json): TokenUsage => {
  const cachedInput = count(usage.cache_read_input_tokens);
  const written = object(usage.cache_creation);
  const cacheWriteHour = count(written.ephemeral_1h_input_tokens);
  const cacheWrite = count(
    usage.cache_creation_input_tokens,
    count(written.ephemeral_5m_input_tokens) + cacheWriteHour,
  );
  return {
    input: count(usage.input_tokens) + cachedInput + cacheWrite,
    cachedInput,
    cacheWrite,
    ...(cacheWriteHour === 0 ? {} : { cacheWriteHour }),
    output: count(usage.output_tokens),
    reasoning: count(object(usage.output_tokens_details).reasoning_tokens),
  };
};

/**
 * OpenAI and its relatives: input includes cached. Most count reasoning inside the output; xAI and some
 * gateways beside it, which shows in a total that is larger than its parts. LiteLLM tells Anthropic's counts of the cache
 * beside OpenAI's own (docs.litellm.ai/docs/completion/prompt_caching, read 2026-11-22).
 */
const openaiUsage = (usage: Json): TokenUsage => {
  const inputDetails = object(usage.prompt_tokens_details ?? usage.input_tokens_details);
  const outputDetails = object(usage.completion_tokens_details ?? usage.output_tokens_details);
  const input = count(usage.prompt_tokens, usage.input_tokens);
  const told = count(usage.completion_tokens, usage.output_tokens);
  const reasoning = count(outputDetails.reasoning_tokens);
  const beside = Math.max(0, count(usage.total_tokens) - input - told);
  const output = told + (reasoning > told ? Math.max(reasoning, beside) : beside);
  const cachedInput = count(
    inputDetails.cached_tokens,
    usage.prompt_cache_hit_tokens,
    usage.cache_read_input_tokens,
  );
  const cacheWrite = count(inputDetails.cache_write_tokens, usage.cache_creation_input_tokens);
  return { input, cachedInput, cacheWrite, output, reasoning: Math.min(reasoning, output) };
};

const ollamaUsage = (reply: Json): TokenUsage => ({
  input: count(reply.prompt_eval_count),
  cachedInput: 0,
  cacheWrite: 0,
  output: count(reply.eval_count),
  reasoning: 0,
});

const usageOf = (reply: Json): TokenUsage | null => {
  const nested = object(reply.usage ?? object(reply.response).usage);
  const tells = (...names: readonly string[]): boolean => names.some((name) => name in nested);
  if (tells('prompt_tokens', 'completion_tokens')) return openaiUsage(nested);
  if (tells('cache_read_input_tokens', 'cache_creation_input_tokens') || reply.type === 'message')
    return anthropicUsage(nested);
  if (Object.keys(nested).length > 0) return openaiUsage(nested);
  return 'eval_count' in reply || 'prompt_eval_count' in reply ? ollamaUsage(reply) : null;
};

/**
 * Usage told by a raw reply body of any supported format; null when it tells none, only zeros, which no real call
 * uses, or counts that contradict each other: the caller must then keep what it reserved.
 */
export const readUsage = (body: string): TokenUsage | null => {
  const usage = usageOf(parsed(body));
  return usage && usage.input + usage.output > 0 && usageProblem(usage) === null ? usage : null;
};

/** An amount as told; anything else is not known. */
const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

/** Ticks of xAI's bills in a dollar (docs.x.ai/developers/cost-tracking, read 2026-11-21). */
const TICKS_PER_USD = 1e10;

/**
 * What the reply itself says that it cost, in micro-dollars rounded up; null where it does not. xAI tells ticks;
 * OpenRouter dollars, with a key of one's own at the maker its fee alone, and what the maker bills beside it.
 */
export const readToldCostMicroUsd = (body: string): number | null => {
  const { cost, is_byok, cost_details, cost_in_usd_ticks } = object(parsed(body).usage);
  const ticks = amount(cost_in_usd_ticks);
  const told = ticks === null ? amount(cost) : ticks / TICKS_PER_USD;
  const makers = is_byok === true ? amount(object(cost_details).upstream_inference_cost) : 0;
  return told === null || makers === null ? null : Math.ceil((told + makers) * 1e6 - 1e-6);
};
