// Work on many things inside one activity: in order, and none begun once one has failed.
import { MockActivityEnvironment } from '@temporalio/testing';
import { inTurns } from '../../activities/in-turns';

const run = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run(work) as Promise<T>;

test('results stand in the order of the items, however many are at work', async () => {
  const doubled = run(() => inTurns([1, 2, 3, 4, 5], 2, async (item) => item * 2));
  expect(await doubled).toEqual([2, 4, 6, 8, 10]);
});

test('nothing is begun after a failure, as the next attempt begins it', async () => {
  const begun: number[] = [];
  let finish = (): void => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    if (item === 1) throw new Error('no such symbol');
    await slow;
  };
  await expect(run(() => inTurns([0, 1, 2, 3, 4, 5], 2, work))).rejects.toThrow('no such symbol');
  finish();
  // All that a coroutine does once its item has ended.
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1]);
});
