// A review that is cancelled on a real server. The activities are given: what is asked is how the run ends.
import { Client, Connection, WorkflowUpdateStage } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowCode } from '../../../workers/workflow-code';
import type { ReviewInput, ReviewResult, ReviewState } from '../../../workflows/contracts/tournament';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(STACK_START_MS);

const queue = uniquePrefix();
let client: Client;
let worker: Worker;
let running: Promise<void>;
/** Closing waits for it. */
let mayClose: Promise<void> = Promise.resolve();

beforeAll(async () => {
  const address = await temporalAddress();
  client = new Client({ connection: await Connection.connect({ address }) });
  const closeReview = async ({ reviewId, status, answer }: ReviewState & { readonly reviewId: string }) => {
    await mayClose;
    const { verdict = null, reviewer = null } = answer ?? {};
    return { reviewId, status, verdict, reviewer, closedAt: '2026-01-05T10:00:00.000Z' };
  };
  const connection = await NativeConnection.connect({ address });
  const activities = { openReview: async () => undefined, closeReview };
  worker = await Worker.create({ connection, taskQueue: queue, ...workflowCode(), activities });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await client.connection.close();
});

const INPUT: ReviewInput = {
  ...{ world: 'live', targetKind: 'tournament', targetId: 't', options: ['approve', 'reject'] },
  ...{ declaredDefault: 'reject', timeoutMs: 3_600_000 },
};

const start = (name: string) =>
  client.workflow.start<(input: ReviewInput) => Promise<ReviewResult>>('review', {
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
