// A wait for a workflow that whoever waits can give up while the workflow goes on. Closing the connection under such
// a wait would be answered by another try of the library, whose error nobody can catch.
import { setMaxListeners } from 'node:events';
import type { ConclaveClient } from './connect';

export interface Wait<T> {
  readonly ended: Promise<T>;
  /** Calls the wait off; `ended` is then rejected, if it was not settled. */
  readonly giveUp: () => void;
}

export const waitFor = <T>(
  { temporal }: Pick<ConclaveClient, 'temporal'>,
  work: () => Promise<T>,
): Wait<T> => {
  const controller = new AbortController();
  // The library leaves a listener behind for every request of a long wait.
  setMaxListeners(0, controller.signal);
  const ended = temporal.connection.withAbortSignal(controller.signal, work);
  ended.catch(() => undefined);
  return { ended, giveUp: () => controller.abort() };
};
