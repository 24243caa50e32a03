// Records market events: from the moment this returns, no reader anywhere gets a brief that one covers.
import { Context } from '@temporalio/activity';
import { WorkflowIdReusePolicy } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { type MarketEvent, parseMarketEvent } from '../domain/research/market-events';
import { isReplay } from '../domain/world';
import { eventResearchId, type WarmingRequest } from '../workflows/contracts/desk';
import type { EventAck, MarketEventSignal } from '../workflows/contracts/events';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { researchId } from '../workflows/contracts/workflow-ids';
import type { Dependencies } from './dependencies';
import { rethrowBadInput } from './failures';

export interface RecordedEvent {
  readonly ack: EventAck;
  /** Research under way that the event covers, by workflow id. */
  readonly research: readonly string[];
}

const coveredNames = (event: MarketEvent): readonly string[] | 'all' =>
  event.scope.kind === 'everything' ? 'all' : event.scope.subjects;

export const createMarketEventActivities = ({ stores, client, logger }: Dependencies) => {
  /** Held and watched symbols are researched anew by a run of its own; the same event starts it once. */
  const researchAnew = async (event: MarketEvent): Promise<void> => {
    if (event.world !== null && isReplay(event.world)) return;
    const request: WarmingRequest = {
      purpose: 'event',
      eventId: event.id,
      covers: coveredNames(event),
      world: event.world,
    };
    try {
      await client.workflow.start('cacheWarming', {
        workflowId: eventResearchId(event.id),
        taskQueue: CONCLAVE_QUEUE,
        args: [{ request, going: null }],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        staticSummary: `research after ${event.type} · ${event.id}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  };

  const parse = async (signal: MarketEventSignal): Promise<MarketEvent> => {
    const receivedAt = await stores.worlds.now('live');
    try {
      return parseMarketEvent(signal, { receivedAt });
    } catch (error) {
      logger.warn({ error: error instanceof Error ? error.message : 'unreadable' }, 'market event refused');
      return rethrowBadInput(error);
    }
  };

  /**
   * An attempt that was cut off may have recorded the event and told nobody. Only its own repetition makes that good: a
   * repeated event would restart, and have paid for again, what the first one has restarted.
   */
  const coveredResearch = async (event: MarketEvent, first: boolean) => {
    if (first) return stores.research.runningCoveredBy(event);
    return Context.current().info.attempt > 1
      ? stores.research.runningCoveredBy(event, { begunBeforeIt: true })
      : [];
  };

  const recordMarketEvent = async (signal: MarketEventSignal): Promise<RecordedEvent> => {
    const event = await parse(signal);
    const { first, seq } = await stores.events.recordEvent(event);
    const running = await coveredResearch(event, first);
    if (first)
      logger.info(
        { event: event.id, type: event.type, epoch: seq, restarting: running.length },
        'market event recorded',
      );
    await researchAnew(event);
    return {
      ack: { id: event.id, type: event.type, first, epoch: seq, covers: coveredNames(event) },
      research: running.map(researchId),
    };
  };
  return { recordMarketEvent };
};
