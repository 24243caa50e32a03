// Says on stderr, while a command waits for what it started, that no worker takes work any more, and when one is back.
// What was started waits durably; only the person must hear why nothing moves.
import type { ConclaveClient } from '../client/connect';
import { workersAtWork } from '../client/worker-presence';
import { note } from './output';

const LOOK_MS = 1_000;
/** A killed worker is started again within this. */
const PATIENCE_MS = 4_000;

/** Watches until the returned function is called. */
export const watchWorkers = (client: ConclaveClient): (() => void) => {
  let absentSince: number | null = null;
  let said = false;
  const look = async (): Promise<void> => {
    // A database or a Temporal server that does not answer is another trouble, and says so itself.
    const present = await workersAtWork(client).then(
      (count) => count > 0,
      () => true,
    );
    if (present) {
      if (said) note('A worker takes work again.');
      absentSince = null;
      said = false;
      return;
    }
    absentSince ??= Date.now();
    if (said || Date.now() - absentSince < PATIENCE_MS) return;
    said = true;
    note(
      'No worker takes work just now. What was started waits and goes on with the next worker: conclave up',
    );
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
};
