// The one place through which market events pass: records each once, moves its epochs, restarts the
// research it covers. An entity: it lives on by continue-as-new.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { EventAck, MarketEventSignal } from './contracts/events';
import { detailsTable } from './details-table';
import { marketEvent, recordEvent } from './messages';

/** Events kept for the table in the UI. */
const SHOWN = 10;
/** History is kept small: a new run after this many events. */
const EVENTS_PER_RUN = 500;

export interface MarketEventsState {
  readonly recent: readonly EventAck[];
  readonly pending: readonly MarketEventSignal[];
}

export async function marketEvents(state: MarketEventsState = { recent: [], pending: [] }): Promise<void> {
  const queue = [...state.pending];
  let recent = state.recent;
  let handled = 0;

  const record = async (event: MarketEventSignal): Promise<EventAck> => {
    const { ack, research } = await store.recordMarketEvent(event);
    recent = [ack, ...recent].slice(0, SHOWN);
    handled += 1;
    show(recent);
    await Promise.all(
      research.map((id) =>
        getExternalWorkflowHandle(id)
          .signal(marketEvent, event)
          .catch(() => undefined),
      ),
    );
    return ack;
  };

  setHandler(marketEvent, (event) => void queue.push(event));
  setHandler(recordEvent, record);
  show(recent);

  while (!(workflowInfo().continueAsNewSuggested || handled >= EVENTS_PER_RUN)) {
    await condition(() => queue.length > 0 || handled >= EVENTS_PER_RUN);
    await Promise.all(queue.splice(0).map((event) => record(event).catch(ignoreBadEvent)));
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof marketEvents>({ recent, pending: queue });
}

/** A signal has no one to answer to: the activity has logged what was wrong with it. */
const ignoreBadEvent = (): undefined => undefined;

const show = (recent: readonly EventAck[]): void => {
  const rows = recent.map((ack) => [
    ack.id,
    ack.type,
    ack.covers === 'all' ? 'everything' : ack.covers.join(', '),
    ack.epoch,
  ]);
  setCurrentDetails(detailsTable(['event', 'type', 'covers', 'epoch'], rows));
};
