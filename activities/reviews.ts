// Reviews as activities: the row that people see, opened and closed once.
import type { ReviewRow } from '../db/review-store';
import type { ReviewAnswer } from '../domain/ensemble/review';
import type { ReviewInput, ReviewResult, ReviewState } from '../workflows/contracts/tournament';
import type { Dependencies } from './dependencies';

/** A question is read in lists; the whole text is one click away. */
const QUESTION_CHARS = 600;

interface Opening {
  readonly reviewId: string;
  readonly input: ReviewInput;
}

export const createReviewActivities = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const questionOf = async ({ targetKind, targetId }: ReviewInput): Promise<string> => {
    if (targetKind === 'tournament') {
      const row = await stores.tournaments.get(targetId);
      const text = row ? await stores.taskTexts.get(row.promptId) : null;
      return `${row?.taskType ?? 'task'}: ${text ?? targetId}`.slice(0, QUESTION_CHARS);
    }
    const decision = await stores.decisions.get(targetId);
    return decision ? `${decision.subject}: ${String(decision.details.statement ?? '')}` : targetId;
  };

  /** Opens once; a repetition changes nothing. */
  const openReview = async ({
    reviewId,
    input,
    dueAt,
  }: Opening & { readonly dueAt: string }): Promise<void> => {
    const { world, targetKind, targetId, options, declaredDefault } = input;
    await stores.reviews.open({
      id: reviewId,
      world,
      targetKind,
      targetId,
      workflowId: reviewId,
      question: await questionOf(input),
      options,
      declaredDefault,
      dueAt,
    });
    if (targetKind === 'tournament') await stores.tournaments.wait(targetId, reviewId);
  };

  const toResult = (row: ReviewRow): ReviewResult => ({
    reviewId: row.id,
    status: row.status === 'waiting' ? 'cancelled' : row.status,
    verdict: row.verdict,
    reviewer: row.reviewer,
    closedAt: row.closedAt ?? row.dueAt,
  });

  /** Closes once: by a person's answer, by the clock with the declared default, or cancelled without a verdict. */
  const closeReview = async ({
    reviewId,
    input,
    status,
    answer,
    dueAt,
  }: Opening & {
    readonly status: ReviewState['status'];
    readonly answer: ReviewAnswer | null;
    readonly dueAt: string;
  }): Promise<ReviewResult> => {
    // Cancelled before it was opened: there is still a row that says so.
    await openReview({ reviewId, input, dueAt });
    if (status === 'waiting') throw new Error(`review ${reviewId} is closed while it waits`);
    const verdict = status === 'timed_out' ? input.declaredDefault : (answer?.verdict ?? null);
    const row = await stores.reviews.close(reviewId, {
      status,
      verdict,
      reviewer: answer?.reviewer ?? null,
      comment: answer?.reason ?? null,
    });
    return toResult(row);
  };
  return { openReview, closeReview };
};
