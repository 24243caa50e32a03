// A review that is cancelled on a real server. The activities are given: what is asked is how the run ends.
import { WorkflowUpdateStage } from '@temporalio/client';
import type { ReviewInput, ReviewResult, ReviewState } from '../../../workflows/contracts/tournament';
import { type GivenActivities, workWith } from '../../support/given-activities';
import { uniquePrefix } from '../../support/test-stack';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(STACK_START_MS);

const queue = uniquePrefix();
let given: GivenActivities;
/** Closing waits for it. */
let mayClose: Promise<void> = Promise.resolve();

beforeAll(async () => {
  const closeReview = async ({ reviewId, status, answer }: ReviewState & { readonly reviewId: string }) => {
    await mayClose;
    const { verdict = null, reviewer = null } = answer ?? {};
    return { reviewId, status, verdict, reviewer, closedAt: '2026-01-05T10:00:00.000Z' };
  };
  given = await workWith(queue, { openReview: async () => undefined, closeReview });
});

afterAll(() => given.close());

const INPUT: ReviewInput = {
  ...{ world: 'live', targetKind: 'tournament', targetId: 't', options: ['approve', 'reject'] },
  ...{ declaredDefault: 'reject', timeoutMs: 3_600_000 },
};

const start = (name: string) =>
  given.client.workflow.start<(input: ReviewInput) => Promise<ReviewResult>>('review', {
    workflowId: `${queue}-${name}`,
    taskQueue: queue,
    args: [INPUT],
  });

it('ends with a result that says so', async () => {
  const review = await start('cancelled');
  await review.query('state');
  await review.cancel();
  expect(await review.result()).toMatchObject({ status: 'cancelled', verdict: null });
});

it('tells who had decided before how it ended', async () => {
  let close: () => void = () => undefined;
  mayClose = new Promise((resolve) => {
    close = resolve;
  });
  const review = await start('decided');
  const decided = await review.startUpdate<ReviewResult, [object]>('decide', {
    args: [{ verdict: 'approve', reviewer: 'Ann', reason: 'read it' }],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await review.cancel();
  const isCancelled = async () =>
    ((await review.fetchHistory()).events ?? []).some(
      (event) => event.workflowExecutionCancelRequestedEventAttributes,
    );
  while (!(await isCancelled()));
  // The task that takes the cancellation in is over when the run answers.
  expect(await review.query<ReviewState>('state')).toMatchObject({ status: 'answered' });
  close();
  expect(await decided.result()).toMatchObject({ status: 'answered', verdict: 'approve', reviewer: 'Ann' });
  expect(await review.result()).toMatchObject({ status: 'answered', verdict: 'approve' });
});
