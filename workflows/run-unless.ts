// Runs work that an outside fact may overtake.
import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';

/** True from so many milliseconds after now; never for null. */
export const passedAfter = (ms: number | null): (() => boolean) => {
  let passed = false;
  if (ms !== null)
    void sleep(Math.max(1, ms)).then(
      () => {
        passed = true;
      },
      () => undefined,
    );
  return () => passed;
};

/**
 * Runs `work` until it ends or `overtaken` becomes true, in which case it is cancelled.
 * @returns what the work returned, or null when it was overtaken (also when it finished at that moment:
 * its result rests on what is no longer true).
 */
export const runUnless = async <T>(overtaken: () => boolean, work: () => Promise<T>): Promise<T | null> => {
  const scope = new CancellationScope();
  const running = scope.run(work).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  let ended = false;
  void running.then(() => {
    ended = true;
  });
  await condition(() => ended || overtaken());
  if (!ended) scope.cancel();
  const outcome = await running;
  if ('value' in outcome) return overtaken() ? null : outcome.value;
  if (overtaken() && isCancellation(outcome.error)) return null;
  throw outcome.error;
};
