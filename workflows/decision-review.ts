// A disputed trade of a high stake waits for a person in a review of its own; the decision itself has ended as
// `parked`, so that no session waits with it (B10).
import { ParentClosePolicy, patched, startChild } from '@temporalio/workflow';
import type { DecisionRecord, DecisionStatus } from './contracts/decision';
import { reviewId } from './contracts/workflow-ids';
import { review } from './review';

/** A day: after it the price that the trade was sized by is of another day. */
const LONGEST_REVIEW_MS = 86_400_000;

/** The decision's own deadline, its resolution or a day, whichever is first. */
const reviewMs = ({ input, plan }: DecisionRecord, nowMs: number): number => {
  const ends = [input.deadlineAt, plan.resolvesAt].flatMap((each) => (each === null ? [] : Date.parse(each)));
  return Math.max(1, Math.min(LONGEST_REVIEW_MS, ...ends.map((end) => end - nowMs)));
};

/**
 * Starts the review of a parked decision; it outlives its parent.
 * @param status as it is on record: nobody is asked about what was settled there
 */
export const startDecisionReview = async (record: DecisionRecord, status: DecisionStatus): Promise<void> => {
  if (!record.review) return;
  // Decisions of before this rule had asked all the same.
  if (status !== 'parked' && patched('review-of-parked-only')) return;
  const { input, plan } = record;
  await startChild(review, {
    workflowId: reviewId(plan.decisionId),
    args: [
      {
        ...{ world: input.world, targetKind: 'decision', targetId: plan.decisionId },
        ...{ options: ['approve', 'reject'], declaredDefault: 'reject' },
        timeoutMs: reviewMs(record, Date.now()),
      },
    ],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `review · ${input.subject} · ${record.review.action}`,
    staticDetails: `decides ${plan.decisionId}; without an answer in time nothing is traded`,
  });
};
