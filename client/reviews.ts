// Reviews from outside: what waits, and how a person decides it.
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ReviewRow } from '../db/review-store';
import { closedText, type ReviewAnswer, readReviewAnswer } from '../domain/ensemble/review';
import type { ReviewResult } from '../workflows/contracts/tournament';
import { reviewId } from '../workflows/contracts/workflow-ids';
import { type ConclaveClient, workflowUrl } from './connect';
import { BadInput, checked } from './inputs';

/** A decision that came late or twice; the message says who decided what and when. */
export class ReviewClosed extends Error {
  override readonly name = 'ReviewClosed';
}

/** By its own id or by the id of what it decides. */
export const findReview = (client: ConclaveClient, id: string): Promise<ReviewRow | null> =>
  client.stores.reviews.get(id.startsWith('review:') ? id : reviewId(id));

/** `review show --json`. */
export const reviewDocument = (client: ConclaveClient, row: ReviewRow) => ({
  reviewId: row.id,
  targetKind: row.targetKind,
  targetId: row.targetId,
  question: row.question,
  options: row.options,
  default: row.declaredDefault,
  status: row.status,
  verdict: row.verdict,
  reviewer: row.reviewer,
  reason: row.comment,
  openedAt: row.openedAt,
  dueAt: row.dueAt,
  closedAt: row.closedAt,
  workflowUrl: workflowUrl(client, row.workflowId),
});

export type ReviewDocument = ReturnType<typeof reviewDocument>;

/** Over by now, though it waited a moment ago: what became of it, or the failure itself. */
const refusedLate = async (client: ConclaveClient, id: string, error: unknown): Promise<Error> => {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type === 'BadInput') return new BadInput(cause.message);
  const row = await client.stores.reviews.get(id);
  if (row && row.status !== 'waiting') return new ReviewClosed(closedText(row));
  if (cause instanceof ApplicationFailure && cause.type === 'ReviewClosed')
    return new ReviewClosed(cause.message);
  return error instanceof Error ? error : new Error(String(error));
};

/**
 * Decides a review and returns once that is committed.
 * @throws BadInput naming the field and the accepted form; ReviewClosed when it was decided before
 */
export const decideReview = async (
  client: ConclaveClient,
  review: ReviewRow,
  given: ReviewAnswer,
): Promise<ReviewRow> => {
  const answer = checked(() => readReviewAnswer(given, review.options));
  if (review.status !== 'waiting') throw new ReviewClosed(closedText(review));
  try {
    const handle = client.temporal.workflow.getHandle(review.workflowId);
    await handle.executeUpdate<ReviewResult, [ReviewAnswer]>('decide', { args: [answer] });
  } catch (error) {
    throw await refusedLate(client, review.id, error);
  }
  const row = await client.stores.reviews.get(review.id);
  if (!row) throw new Error(`review ${review.id} is not stored`);
  return row;
};
