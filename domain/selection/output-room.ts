// How many tokens an answer may take: the one table from which calls are reserved and plans are priced.
import type { ModelEntry } from './model';

/** The answer itself is short: the room is for what any model says before it comes to it. */
const OUTPUT_ROOM = {
  forecast: 4_000,
  critique: 4_000,
  analyst: 4_000,
  statement: 4_000,
  judgement: 4_000,
  text: 4_000,
  brief: 6_000,
  brief_check: 1_500,
} as const;
export type Answered = keyof typeof OUTPUT_ROOM;

/** Makers bill thoughts as output, and cut the answer where they took its room. */
const THINKING_ROOM = 4_000;

/** Models that think unless they are told not to, by their makers' names for them, wherever they are served. */
const THINKS = [
  /^(gpt-([5-9]|\d\d)(?!.*chat)|gpt-oss|o\d)/,
  /^claude-(fable|[a-z]+-[5-9])/,
  /^deepseek-(v4|reasoner|r1)/,
  /^grok-(3-mini|[4-9])(?!.*non-reasoning)/,
  /^gemini-(2\.5-pro|[3-9])/,
  /^(qwen[3-9](?!.*(instruct|coder))|qwq|kimi-k[3-9]|magistral)/,
] as const;

const thinks = (providerModel: string): boolean => {
  const name = providerModel.slice(providerModel.lastIndexOf('/') + 1).toLowerCase();
  return THINKS.some((pattern) => pattern.test(name));
};

/** Output tokens that a call may use. @param atLeast what this very answer is known to need */
export const outputRoom = (
  { maxOutputTokens, providerModel }: Pick<ModelEntry, 'maxOutputTokens' | 'providerModel'>,
  answered: Answered,
  atLeast = 0,
): number => {
  const said = Math.max(OUTPUT_ROOM[answered], atLeast);
  return Math.min(said + (thinks(providerModel) ? THINKING_ROOM : 0), maxOutputTokens);
};
