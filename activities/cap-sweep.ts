// Closes the books of work that ended without a word, a terminated decision for one: its record never says that it is
// over, so Temporal is asked. Work that still runs, or waits, keeps its cap however long it has been silent.
import type { SilentCap } from '../db/silent-caps';
import { closeEnded } from './close-ended';
import type { Dependencies } from './dependencies';
import { isRunning } from './is-running';

/** Questions to Temporal a look; the rest take their turn at the next one. */
const MOST_AT_ONCE = 100;

export const createCapSweep = ({ stores, client }: Pick<Dependencies, 'stores' | 'client'>) => {
  const close = async ({ scope, key, ownLimit }: SilentCap): Promise<void> => {
    const reason = `${key} runs no more`;
    if (ownLimit) await stores.caps.removeLimit({ scope, key, reason });
    // Where everyone has a limit, the books outlive the own one.
    if ((await stores.caps.openOnce(scope, key)) !== null) await stores.caps.reset({ scope, key, reason });
  };

  const anyRuns = async (workflowType: 'experimentArms' | 'cacheWarming'): Promise<boolean> =>
    (await client.workflow.count(`WorkflowType = "${workflowType}" and ExecutionStatus = "Running"`)).count >
    0;

  /** An experiment is no workflow, and which arms are its own, only they know; that of a warming has another name than its cap. */
  const isAtWork = async ({ scope, key, ownLimit }: SilentCap): Promise<boolean> => {
    if (await isRunning(client, key)) return true;
    if (scope === 'market_session') return ownLimit && anyRuns('cacheWarming');
    return (await stores.experiments.get(key)) !== null && anyRuns('experimentArms');
  };

  /** Caps without a period whose work is over. Repeatable. The number closed. */
  const closeEndedCaps = async (): Promise<number> => {
    const onRecord = await stores.caps.closeEnded();
    return onRecord + (await closeEnded(await stores.caps.silent(MOST_AT_ONCE), isAtWork, close));
  };
  return { closeEndedCaps };
};
