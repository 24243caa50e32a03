// Tells the workflow that waits for several calls which of them have landed. Each telling is a task of the
// workflow's and a write of the server's, so what lands within moments goes together, and what the activity's own
// end will say is not said before.
import type { LandedCall } from '../workflows/contracts/calls';

/** Well below the 0.2 s in which an answer is to be seen; calls of a batch that take equally long land within it. */
const GATHERED_MS = 60;

export interface LandedTeller {
  tell(call: LandedCall): void;
  /**
   * No telling is under way or will follow: a signal after a workflow's last activity would repeat its last task.
   * @param unsaid the activity ends without a result, so what still waits is told now
   */
  close(unsaid?: boolean): Promise<void>;
}

/** @param send may fail: what it did not say, the activity's end says. */
export const landedTeller = (
  send: (calls: readonly LandedCall[]) => Promise<void>,
  gatheredMs = GATHERED_MS,
): LandedTeller => {
  const waiting: LandedCall[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  const flush = (): void => {
    timer = undefined;
    const calls = waiting.splice(0);
    sending = sending.then(() => send(calls)).catch(() => undefined);
  };
  return {
    tell: (call) => {
      waiting.push(call);
      timer ??= setTimeout(flush, gatheredMs);
    },
    close: (unsaid = false) => {
      clearTimeout(timer);
      if (unsaid && waiting.length > 0) flush();
      return sending;
    },
  };
};
