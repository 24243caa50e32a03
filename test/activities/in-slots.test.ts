// The bound on work under way, in the order in which it came.
import { inSlots } from '../../activities/in-slots';

const held = () => {
  let release = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('no more than its slots are under way, and who came first goes first', async () => {
  const inSlot = inSlots(2);
  const begun: number[] = [];
  const holds = [held(), held(), held(), held()];
  const runs = holds.map(({ until }, index) =>
    inSlot(async () => {
      begun.push(index);
      await until;
      return index;
    }),
  );
  await turn();
  expect(begun).toEqual([0, 1]);
  holds[1]!.release();
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  for (const { release } of holds) release();
  expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
});

it('work that fails gives its slot to the next', async () => {
  const inSlot = inSlots(1);
  const failed = inSlot(() => Promise.reject(new Error('planned')));
  const next = inSlot(async () => 'done');
  await expect(failed).rejects.toThrow('planned');
  expect(await next).toBe('done');
});
