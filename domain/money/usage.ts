// Tokens as billed, in the one form that prices are applied to, and which counts cannot be.

/** `input` counts all input tokens, `cachedInput` and `cacheWrite` are parts of it; `reasoning` is part of `output`. */
export interface UsageTokens {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that is kept for an hour, which costs more. Absent: none. */
  readonly cacheWriteHour?: number;
  readonly output: number;
  readonly reasoning: number;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Names the first count that cannot be, or null when the usage is consistent. */
export const usageProblem = (usage: UsageTokens): string | null => {
  for (const [field, value] of Object.entries(usage))
    if (!isCount(value)) return `usage.${field} is ${value}; accepted: a whole number of at least 0`;
  if (usage.cachedInput + usage.cacheWrite > usage.input)
    return `usage.cachedInput and usage.cacheWrite are ${usage.cachedInput + usage.cacheWrite}, more than usage.input ${usage.input}`;
  if ((usage.cacheWriteHour ?? 0) > usage.cacheWrite)
    return `usage.cacheWriteHour is ${usage.cacheWriteHour}, more than usage.cacheWrite ${usage.cacheWrite}`;
  if (usage.reasoning > usage.output)
    return `usage.reasoning is ${usage.reasoning}, more than usage.output ${usage.output}`;
  return null;
};
