// Reviews from outside: what waits, and how a person decides it.
import { setTimeout } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ReviewRow, ReviewStore } from '../db/review-store';
import { closedText, type ReviewAnswer, readReviewAnswer } from '../domain/ensemble/review';
import { LIVE_WORLD } from '../domain/world';
import type { ReviewResult, ReviewState } from '../workflows/contracts/tournament';
import { reviewId } from '../workflows/contracts/workflow-ids';
import { type ConclaveClient, workflowUrl } from './connect';
import { waitFor } from './give-up';
import { BadInput, checked } from './inputs';

/** Closing takes a moment, save where a venue has to be waited for: that may take until the review is due. */
const CLOSING_WAIT_MS = 15_000;

/** Without a worker no review can say how it stands. */
const STATE_WAIT_MS = 3_000;

/** A decision that came late or twice; the message says who decided what and when. */
export class ReviewClosed extends Error {
  override readonly name = 'ReviewClosed';
}

/** By its own id or by the id of what it decides. */
export const findReview = (client: ConclaveClient, id: string): Promise<ReviewRow | null> =>
  client.stores.reviews.get(id.startsWith('review:') ? id : reviewId(id));

/** An approved trade in a contract waits for its venue's price of now; no other answer asks a venue. */
const asksVenue = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  { world, targetKind, targetId }: ReviewRow,
  verdict: string,
): Promise<boolean> => {
  if (targetKind !== 'decision' || verdict !== 'approve' || world !== LIVE_WORLD) return false;
  const decision = await stores.decisions.get(targetId);
  return decision?.subject.startsWith('market:') ?? false;
};

/** What a review holds of a person's answer and has not carried out yet, in a sentence; null: nothing. */
const pendingAnswer = async (client: ConclaveClient, row: ReviewRow): Promise<string | null> => {
  const { temporal } = client;
  const { status, workflowId, dueAt } = row;
  if (status !== 'waiting') return null;
  const state = await temporal.connection
    .withDeadline(Date.now() + STATE_WAIT_MS, () =>
      temporal.workflow.getHandle(workflowId).query<ReviewState>('state'),
    )
    .catch(() => null);
  if (!state?.answer) return null;
  const { verdict, reviewer } = state.answer;
  const waits = (await asksVenue(client, row, verdict))
    ? `waits for the venue's price of now, until ${dueAt} at the latest`
    : 'is being carried out';
  return `The answer ${verdict} of ${reviewer} stands, and ${waits}`;
};

const reviewDocument = (client: ConclaveClient, row: ReviewRow, pending: string | null) => ({
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
  pending,
});

export type ReviewDocument = ReturnType<typeof reviewDocument>;

/** `review show --json`. */
export const shownReview = async (client: ConclaveClient, row: ReviewRow): Promise<ReviewDocument> =>
  reviewDocument(client, row, await pendingAnswer(client, row));

/** `review list --json`. Those that wait are asked side by side, so that the list takes no longer than one of them. */
export const listedReviews = async (
  client: ConclaveClient,
  filter: Parameters<ReviewStore['list']>[0],
): Promise<readonly ReviewDocument[]> => {
  const rows = await client.stores.reviews.list(filter);
  return Promise.all(rows.map((row) => shownReview(client, row)));
};

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

/** Returns once `work` has ended, or after `waitMs`. */
const atMost = async (
  client: Pick<ConclaveClient, 'temporal'>,
  work: () => Promise<unknown>,
  waitMs: number,
): Promise<void> => {
  const { ended, giveUp } = waitFor(client, work);
  const done = new AbortController();
  try {
    await Promise.race([ended, setTimeout(waitMs, undefined, { signal: done.signal })]);
  } finally {
    done.abort();
    giveUp();
  }
};

/**
 * Decides a review and returns once that is committed, or once the answer has been taken and could not be carried out
 * for `waitMs`: the row then still waits, and `shownReview` says for what.
 * @throws BadInput naming the field and the accepted form; ReviewClosed when it was decided before
 */
export const decideReview = async (
  client: ConclaveClient,
  review: ReviewRow,
  given: ReviewAnswer,
  waitMs = CLOSING_WAIT_MS,
): Promise<ReviewRow> => {
  const answer = checked(() => readReviewAnswer(given, review.options));
  if (review.status !== 'waiting') throw new ReviewClosed(closedText(review));
  try {
    const handle = client.temporal.workflow.getHandle(review.workflowId);
    const taken = await handle.startUpdate<ReviewResult, [ReviewAnswer]>('decide', {
      ...{ args: [answer], waitForStage: 'ACCEPTED' },
    });
    await atMost(client, () => taken.result(), waitMs);
  } catch (error) {
    throw await refusedLate(client, review.id, error);
  }
  const row = await client.stores.reviews.get(review.id);
  if (!row) throw new Error(`review ${review.id} is not stored`);
  return row;
};
