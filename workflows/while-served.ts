// Keeps a call in its provider's queue only while some worker serves that queue: once a provider's key is gone nobody
// does, and the call would wait for ever.
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { store } from './activity-stubs';

/** No worker took the activity in time: nothing was sent, nothing is known. */
export const wasNotTaken = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';

/**
 * Schedules the call, and again each time it was not taken though somebody serves its queue.
 * @throws what `schedule` failed with; an error that `wasNotTaken` where nobody serves the provider
 */
export const whileServed = async <T>(provider: string, schedule: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await schedule();
    } catch (error) {
      if (!wasNotTaken(error) || !(await store.providerServed(provider))) throw error;
    }
  }
};
