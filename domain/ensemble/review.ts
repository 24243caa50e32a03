// What a person says to a review. It comes from a form, a request or a line typed by hand into Temporal's UI, so
// it is read strictly and every complaint names the field and the accepted form.

import { UNSTORABLE_TEXT, unstorableText } from '../storable';

/** Begins the reason of a decision that waits for a person. */
export const AWAITING_REVIEW = 'No trade: awaiting review';

export interface ReviewAnswer {
  readonly verdict: string;
  /** Who decided. */
  readonly reviewer: string;
  /** Why. */
  readonly reason: string;
}

const MOST_NAME = 200;
const MOST_REASON = 2_000;

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 80);

const textOf = (field: string, value: unknown, most: number, accepted: string): string => {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text !== '' && text.length <= most) return text;
  throw new RangeError(`${field} is ${shown(value)}; accepted: ${accepted}`);
};

/**
 * Reads `{ verdict, reviewer, reason }`.
 * @param options accepted verdicts
 * @throws RangeError naming the field and the accepted form
 */
export const readReviewAnswer = (answer: unknown, options: readonly string[]): ReviewAnswer => {
  const read = readAnyReviewAnswer(answer, options);
  const unstorable = unstorableText(read);
  if (unstorable !== null) throw new RangeError(`${unstorable} ${UNSTORABLE_TEXT}`);
  return read;
};

/** The same for an answer that was taken before what Postgres cannot hold was refused. */
export const readAnyReviewAnswer = (answer: unknown, options: readonly string[]): ReviewAnswer => {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw new RangeError(
      `answer is ${shown(answer)}; accepted: {"verdict": "${options[0]}", "reviewer": "your name", "reason": "why"}`,
    );
  const fields = answer as Readonly<Record<string, unknown>>;
  const verdict = options.find((option) => option === fields.verdict);
  if (verdict === undefined)
    throw new RangeError(`verdict is ${shown(fields.verdict)}; accepted: ${options.join(', ')}`);
  return {
    verdict,
    reviewer: textOf('reviewer', fields.reviewer, MOST_NAME, `who decides, up to ${MOST_NAME} characters`),
    reason: textOf('reason', fields.reason, MOST_REASON, `why, in up to ${MOST_REASON} characters`),
  };
};

/** What a review that is over says to whoever comes late. */
export const closedText = (review: {
  readonly id: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly reviewer: string | null;
  readonly closedAt: string | null;
}): string => {
  const at = review.closedAt ?? 'before';
  if (review.status === 'answered')
    return `review ${review.id} is decided: ${review.verdict} by ${review.reviewer} at ${at}; nothing was changed`;
  if (review.status === 'timed_out')
    return `review ${review.id} timed out at ${at} with the declared default ${review.verdict}; nothing was changed`;
  return `review ${review.id} was cancelled at ${at}; nothing was changed`;
};
