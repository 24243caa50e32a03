// A tournament: models side by side on one critical task. Agreement ends it; a dispute waits in a review for a
// person, who may take days, or for the time-out that gives the declared default.
import {
  CancellationScope,
  CancelledFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { store } from './activity-stubs';
import type {
  ReviewResult,
  TournamentInput,
  TournamentResult,
  TournamentVerdict,
} from './contracts/tournament';
import { reviewId } from './contracts/workflow-ids';
import { tournamentProgress } from './messages';
import { review } from './review';
import { runAttributes } from './run-attributes';
import { createTournamentBoard } from './tournament-board';
import { askSeats } from './tournament-seats';

const awaitReview = (tournamentId: string, input: TournamentInput): Promise<ReviewResult> => {
  const { world, options, declaredDefault, timeoutMs, taskType } = input;
  return executeChild(review, {
    workflowId: reviewId(tournamentId),
    args: [{ world, targetKind: 'tournament', targetId: tournamentId, options, declaredDefault, timeoutMs }],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `review · ${taskType} · ${options.join(' or ')}`,
    staticDetails: `decides ${tournamentId}; without an answer in time: ${declaredDefault}`,
  });
};

/** How a review's end ends the tournament that waited for it. */
const ENDS = { answered: 'decided', timed_out: 'defaulted', cancelled: 'cancelled' } as const;
const CONFIDENCES = { answered: 'reviewed', timed_out: 'default', cancelled: null } as const;

const endWithReview = async (
  tournamentId: string,
  judged: TournamentVerdict,
  ended: ReviewResult,
): Promise<TournamentResult> => {
  const end = {
    status: ENDS[ended.status],
    verdict: ended.verdict,
    confidence: CONFIDENCES[ended.status],
  };
  const why = await CancellationScope.nonCancellable(() =>
    store.endTournament({ tournamentId, ...end, reviewId: ended.reviewId }),
  );
  return {
    tournamentId,
    ...end,
    why: [...judged.why, ...why],
    reviewId: ended.reviewId,
    costMicroUsd: judged.costMicroUsd,
  };
};

const run = async (
  tournamentId: string,
  input: TournamentInput,
  board: ReturnType<typeof createTournamentBoard>,
): Promise<TournamentResult> => {
  const plan = await store.planTournament({ tournamentId, input });
  board.seat(plan);
  const calls = await askSeats({ tournamentId, input, plan, board });
  board.enter('judging');
  const { announced = null } = plan;
  const judged = await store.judgeTournament({ tournamentId, input, calls, announced });
  upsertSearchAttributes(runAttributes.cost(judged.costMicroUsd));
  if (judged.status !== 'disputed') {
    const confidence = judged.status === 'agreed' ? 'high' : null;
    return { tournamentId, ...judged, status: judged.status, confidence, reviewId: null };
  }
  board.enter('waiting');
  upsertSearchAttributes(runAttributes.status(input.world, 'waiting'));
  const ended = await awaitReview(tournamentId, input);
  // A review that only followed its tournament: cancelled is what the tournament itself ends as.
  if (ended.status === 'cancelled' && CancellationScope.current().consideredCancelled)
    throw new CancelledFailure(`tournament ${tournamentId} was cancelled`);
  return endWithReview(tournamentId, judged, ended);
};

export async function tournament(input: TournamentInput): Promise<TournamentResult> {
  const { workflowId } = workflowInfo();
  const board = createTournamentBoard();
  setHandler(tournamentProgress, () => board.progress());
  upsertSearchAttributes(runAttributes.status(input.world, 'asking'));
  try {
    const result = await run(workflowId, input, board);
    board.enter('done');
    upsertSearchAttributes(runAttributes.status(input.world, result.status));
    return result;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const end = { status: 'cancelled', verdict: null, confidence: null, reviewId: null } as const;
    await CancellationScope.nonCancellable(() => store.endTournament({ tournamentId: workflowId, ...end }));
    throw error;
  }
}
