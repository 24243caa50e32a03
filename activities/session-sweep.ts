// Closes the record of sessions that ended without a word, a terminated one for one: only Temporal knows that they run
// no more, and until somebody asks, every page shows them at work.
import type { MarketSessionRow } from '../db/session-store';
import { closeEnded } from './close-ended';
import type { Dependencies } from './dependencies';
import { isRunning } from './is-running';

/** Questions to Temporal a look; the rest take their turn at the next one. */
const MOST_AT_ONCE = 20;

export const createSessionSweep = ({ stores, client }: Pick<Dependencies, 'stores' | 'client'>) => {
  /** One that has finished meanwhile stays as it is: the first end holds. */
  const close = async ({ id, mode }: Pick<MarketSessionRow, 'id' | 'mode'>): Promise<void> => {
    const [totals, savedMicroUsd] = await Promise.all([
      stores.sessions.ledgerTotals(id),
      stores.sessions.saved(id),
    ]);
    const note = 'It was ended from outside before it had finished.';
    await stores.sessions.close(id, { ...totals, savedMicroUsd, status: 'failed', mode, note });
  };

  /** Sessions whose workflow is over though their record says that they run. Repeatable. The number closed. */
  const closeLostSessions = async (): Promise<number> =>
    closeEnded(await stores.sessions.longOpen(MOST_AT_ONCE), ({ id }) => isRunning(client, id), close);
  return { closeLostSessions };
};
