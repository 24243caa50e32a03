// When a call that takes long gets a second one beside it, at another model: a hedge (F4). Off unless a setting
// asks for it, because it buys time with money: whoever loses the race is paid as well.

/** How long a call is left alone before it is hedged. */
export interface HedgeTerms {
  /** `learned`: as long as 95 % of this model's calls took lately; else this many milliseconds for every model. */
  readonly after: 'learned' | number;
  /** Multiplies what was learnt. 1 hedges about one call in twenty; more hedges fewer. */
  readonly factor: number;
  /** No hedge before this, however fast a model usually is: a second call has a way to go itself. */
  readonly leastMs: number;
}

/** How long a model's calls took lately. */
export interface AnswerTimes {
  readonly calls: number;
  readonly p95Ms: number;
}

/** 20: with fewer there is no twentieth to tell the slow ones by. */
export const FEWEST_CALLS_TO_LEARN = 20;
/** Half the deadline is slow for any model: nothing that was learnt makes a call wait longer. */
const LATEST_SHARE_OF_DEADLINE = 0.5;

/**
 * Milliseconds from the beginning of a call until it is hedged; null: never, as the call has ended by then, or has
 * too little time left. Where too little is known of a model it is half the deadline.
 * @param times null: nothing is known
 */
export const hedgeDelayMs = (
  { after, factor, leastMs }: HedgeTerms,
  times: AnswerTimes | null,
  callDeadlineMs: number,
): number | null => {
  if (after !== 'learned') return after < callDeadlineMs ? after : null;
  const latestMs = Math.floor(callDeadlineMs * LATEST_SHARE_OF_DEADLINE);
  if (leastMs > latestMs) return null;
  if (times === null || times.calls < FEWEST_CALLS_TO_LEARN) return latestMs;
  return Math.min(latestMs, Math.max(leastMs, Math.ceil(times.p95Ms * factor)));
};
