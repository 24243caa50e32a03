// How many tokens an answer may take: the one table from which calls are reserved and plans are priced.
import type { ModelEntry } from './model';

/** Reasoning models think before they answer: the answer itself is short, the room is for the thinking. */
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

/** Output tokens that a call may use. @param atLeast what this very answer is known to need */
export const outputRoom = (
  { maxOutputTokens }: Pick<ModelEntry, 'maxOutputTokens'>,
  answered: Answered,
  atLeast = 0,
): number => Math.min(Math.max(OUTPUT_ROOM[answered], atLeast), maxOutputTokens);
