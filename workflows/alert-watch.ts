// Looks for alerts and sends them, for as long as the stack runs. What is raised, resolved and sent stands in
// Postgres; this only says when to look.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { AlertLook, AlertWatchInput } from './contracts/alerts';
import { detailsTable } from './details-table';
import { lookUnlessRefused } from './look-unless-refused';
import { lookForAlerts } from './messages';

/** Keeps each run's history at some thousand events. */
const LOOKS_PER_RUN = 100;

/** Room for a channel that does not answer; what a dead worker held falls due again by itself. */
const watch = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

const look = async (thorough: boolean): Promise<AlertLook> => {
  const result = await watch.lookForAlerts({ thorough });
  const { open, sent, failed, waiting } = result;
  setCurrentDetails(detailsTable(['open', 'sent', 'failed', 'waiting'], [[open, sent, failed, waiting]]));
  return result;
};

export async function alertWatch({ everyMs }: AlertWatchInput): Promise<void> {
  let looking = false;
  /** What a look read before another one raised an alert would end it again. Two at a time were made before this rule. */
  const lookInTurn = async (thorough: boolean): Promise<AlertLook> => {
    if (patched('one-look-at-a-time')) while (looking) await condition(() => !looking);
    looking = true;
    try {
      return await look(thorough);
    } finally {
      looking = false;
    }
  };
  setHandler(lookForAlerts, () => lookInTurn(true));
  for (let looks = 0; looks < LOOKS_PER_RUN; looks += 1) {
    await lookUnlessRefused(() => lookInTurn(false));
    await sleep(everyMs);
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof alertWatch>({ everyMs });
}
