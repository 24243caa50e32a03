// Closes the record of sessions that ended without a word, a terminated one for one: only Temporal knows that they run
// no more, and until somebody asks, every page shows them at work.
import type { Dependencies } from './dependencies';
import { isRunning } from './is-running';

/** Questions to Temporal a look; the rest take their turn at the next one. */
const MOST_AT_ONCE = 20;

export const createSessionSweep = ({ stores, client }: Pick<Dependencies, 'stores' | 'client'>) => {
  const close = async (id: string, mode: string): Promise<void> => {
    const [totals, savedMicroUsd] = await Promise.all([
      stores.sessions.ledgerTotals(id),
      stores.sessions.saved(id),
    ]);
    const note = 'It was ended from outside before it had finished.';
    await stores.sessions.close(id, { ...totals, savedMicroUsd, status: 'failed', mode, note });
  };

  /** Sessions whose workflow is over though their record says that they run. Repeatable. The number closed. */
  const closeLostSessions = async (): Promise<number> => {
    let closed = 0;
    for (const id of await stores.sessions.longOpen(MOST_AT_ONCE)) {
      if (await isRunning(client, id)) continue;
      const session = await stores.sessions.get(id);
      // It may have finished between the two questions; closing changes only what is still open.
      if (session?.status !== 'running') continue;
      await close(id, session.mode);
      closed += 1;
    }
    return closed;
  };
  return { closeLostSessions };
};
