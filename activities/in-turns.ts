// Work on many things, a few at a time, inside one activity; beats so that a dead worker is noticed.
import { Context } from '@temporalio/activity';

/** Results in the order of the items. The first failure ends it: what is under way is not stopped, no more is begun. */
export const inTurns = async <Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as Item).catch((error: unknown) => {
        // The others would go on taking items beside the next attempt.
        next = items.length;
        throw error;
      });
      Context.current().heartbeat(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
};
