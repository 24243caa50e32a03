// A dispute waits here for a person, for days if need be: an update (CLI, API, dashboard), or a signal typed by
// hand into Temporal's UI. The first answer holds, the timer gives the declared default.
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { type ReviewAnswer, readAnyReviewAnswer, readReviewAnswer } from '../domain/ensemble/review';
import { unstorableText } from '../domain/storable';
import { store } from './activity-stubs';
import type { ReviewInput, ReviewResult, ReviewState } from './contracts/tournament';
import { detailsTable } from './details-table';
import { decideReview, reviewAnswer, reviewState } from './messages';
import { runAttributes } from './run-attributes';

/** Refused signals that are shown; a flood of them must not grow without bound. */
const SHOWN_REFUSALS = 10;

const detailsOf = (state: ReviewState): string =>
  [
    detailsTable(
      ['status', 'accepted', 'default', 'due', 'verdict', 'by'],
      [
        [
          state.status,
          state.options.join(', '),
          state.declaredDefault,
          state.dueAt,
          state.answer?.verdict ?? null,
          state.answer?.reviewer ?? null,
        ],
      ],
    ),
    'To decide, send the update or the signal `decide` with, for example:',
    `\`{"verdict": "${state.options[0]}", "reviewer": "your name", "reason": "why"}\``,
    ...state.refused.map((why) => `Not taken: ${why}`),
  ].join('\n\n');

/** What is refused now for its text alone is refused, and reviews that had taken it by then go on with it. */
const takenAnswer: typeof readReviewAnswer = (given, options) => {
  const answer = readAnyReviewAnswer(given, options);
  return unstorableText(answer) !== null && patched('storable-review-answers')
    ? readReviewAnswer(given, options)
    : answer;
};

export async function review(input: ReviewInput): Promise<ReviewResult> {
  const { workflowId, startTime } = workflowInfo();
  const dueAt = new Date(startTime.getTime() + input.timeoutMs).toISOString();
  const { options, declaredDefault } = input;
  let state: ReviewState = {
    status: 'waiting',
    options,
    declaredDefault,
    dueAt,
    answer: null,
    refused: [],
  };
  let closed: ReviewResult | null = null;
  const show = (changes: Partial<ReviewState>): void => {
    state = { ...state, ...changes };
    setCurrentDetails(detailsOf(state));
  };
  /** @throws ApplicationFailure for an answer that is malformed or comes late. */
  const read = (given: unknown, reading: typeof readReviewAnswer = readReviewAnswer): ReviewAnswer => {
    if (state.status !== 'waiting') {
      const end = state.answer ? `decided: ${state.answer.verdict} by ${state.answer.reviewer}` : 'over';
      throw ApplicationFailure.nonRetryable(
        `review ${workflowId} is ${end}; nothing was changed`,
        'ReviewClosed',
      );
    }
    try {
      return reading(given, options);
    } catch (error) {
      throw ApplicationFailure.nonRetryable((error as Error).message, 'BadInput');
    }
  };
  const take = (given: unknown): void => show({ status: 'answered', answer: read(given, takenAnswer) });

  setHandler(reviewState, () => state);
  setHandler(
    decideReview,
    async (given) => {
      take(given);
      // Cancelled or not, the review closes, and who decided is told how.
      await CancellationScope.nonCancellable(() => condition(() => closed !== null));
      return closed!;
    },
    { validator: (given) => void read(given) },
  );
  setHandler(reviewAnswer, (given) => {
    try {
      take(given);
    } catch (error) {
      show({ refused: [...state.refused, (error as Error).message].slice(-SHOWN_REFUSALS) });
    }
  });

  const close = async (): Promise<ReviewResult> =>
    store.closeReview({ reviewId: workflowId, input, dueAt, status: state.status, answer: state.answer });
  try {
    await store.openReview({ reviewId: workflowId, input, dueAt });
    show({});
    upsertSearchAttributes(runAttributes.status(input.world, 'waiting'));
    await condition(() => state.answer !== null, Math.max(1, Date.parse(dueAt) - Date.now()));
    if (state.answer === null) show({ status: 'timed_out' });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    if (state.answer === null) show({ status: 'cancelled' });
  }
  closed = await CancellationScope.nonCancellable(close);
  upsertSearchAttributes(runAttributes.status(input.world, closed.status));
  // A cancelled review has a result too: who waits for it is told that it was.
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return closed;
}
