// Started every quarter of an hour: looks at what is held and watched, and passes what it sees on to
// market-events, where an id counts once.
import { getExternalWorkflowHandle, setCurrentDetails } from '@temporalio/workflow';
import type { EventLook } from '../activities/event-watch';
import { gather, store } from './activity-stubs';
import type { EventWatchResult } from './contracts/desk';
import { MARKET_EVENTS_ID } from './contracts/workflow-ids';
import { detailsTable } from './details-table';
import { marketEvent } from './messages';

/** Symbols of one activity: some hundred milliseconds each, and the sources are asked politely. */
const SYMBOLS_PER_LOOK = 20;
/** Reasons kept in the result. */
const SHOWN = 50;

export async function eventWatch(): Promise<EventWatchResult> {
  const { world, symbols, skipped } = await store.planEventWatch();
  const looks: EventLook[] = [];
  for (let from = 0; from < symbols.length; from += SYMBOLS_PER_LOOK) {
    const part = symbols.slice(from, from + SYMBOLS_PER_LOOK);
    looks.push(
      await gather.lookForEvents.executeWithOptions({ summary: `${part.length} symbols` }, [
        { world, symbols: part },
      ]),
    );
  }
  const proposed = looks.flatMap((look) => look.proposed);
  const events = getExternalWorkflowHandle(MARKET_EVENTS_ID);
  await Promise.all(proposed.map((event) => events.signal(marketEvent, event)));
  setCurrentDetails(
    skipped
      ? `Skipped: ${skipped}`
      : `${symbols.length} symbols\n\n${detailsTable(
          ['event', 'reason'],
          proposed.slice(0, SHOWN).map(({ id, reason }) => [id, reason]),
        )}`,
  );
  return {
    world,
    looked: symbols.length,
    skipped,
    proposed: proposed.slice(0, SHOWN).map(({ id, reason }) => ({ id, reason })),
    degraded: looks.flatMap((look) => look.degraded).slice(0, SHOWN),
  };
}
