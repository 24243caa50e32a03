// Work that comes in bursts, done together: the first goes at once, what comes while it is under way waits and
// goes as one batch. Alone it costs no wait; thirty at once cost two transactions instead of thirty.
import { sqlState } from './sql';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds a transaction, and with it how long others wait for the rows it locks. */
const AT_MOST = 64;

/** What is wrong with one item's own data (SQLSTATE classes 22, 23 and raised errors) must not fail the others. */
const isAboutData = (error: unknown): boolean => /^(22|23|P0)/.test(sqlState(error) ?? '');

/**
 * Wraps `run`, which takes many items and returns their results in the same order, so that it can be called for
 * one item at a time. `run` is never under way twice. It must be atomic: where it fails because of one item's
 * data, it runs again for each item alone.
 */
export const gathered = <Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  atMost = AT_MOST,
): ((item: Item) => Promise<Result>) => {
  const waiting: Waiting<Item, Result>[] = [];
  let busy = false;

  const runBatch = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item));
      if (results.length !== batch.length)
        throw new Error(`a batch of ${batch.length} had ${results.length} results`);
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (batch.length > 1 && isAboutData(error)) for (const one of batch) await runBatch([one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await runBatch(waiting.splice(0, atMost));
    busy = false;
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy) return;
      busy = true;
      // What is asked for in the same turn of the event loop goes along.
      setImmediate(() => void drain());
    });
};
