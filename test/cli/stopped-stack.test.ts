// What a command says whose stack goes away under it.
import { ApplicationFailure } from '@temporalio/common';
import { wrongUse } from '../../cli/output';
import { unlessStopped, whileStackRuns } from '../../cli/with-client';
import { ResearchFailed } from '../../client/research';

const never = new Promise<void>(() => undefined);

test('a failure of a stack that ended says so, with what becomes of the work', async () => {
  const failure = await unlessStopped(new Error('Failed to get history'), { lost: Promise.resolve() });
  expect(failure).toMatchObject({
    code: 'stack_stopped',
    fix: expect.stringContaining('goes on when it runs'),
  });
});

test('wrong use stays wrong use, whatever becomes of the stack', async () => {
  const lost = Promise.resolve();
  const [wrong, range] = [wrongUse('--task is missing', 'Name one.'), new RangeError('stake is "x"')];
  expect(await unlessStopped(wrong, { lost })).toBe(wrong);
  expect(await unlessStopped(range, { lost })).toBe(range);
});

test('what a workflow failed of is said at once', async () => {
  for (const error of [new ResearchFailed('no bars'), ApplicationFailure.nonRetryable('refused', 'BadInput')])
    expect(await unlessStopped(error, { lost: Promise.resolve() })).toBe(error);
});

test('an error of its own passes while the stack runs', async () => {
  const error = new Error('relation does not exist');
  expect(await unlessStopped(error, { lost: never }, 1)).toBe(error);
});

test('what would wait for ever ends with the supervisor that was killed', async () => {
  await expect(whileStackRuns(never, { lost: Promise.resolve() }, 1)).rejects.toMatchObject({
    code: 'stack_stopped',
  });
  expect(await whileStackRuns(Promise.resolve('done'), { lost: never })).toBe('done');
});
