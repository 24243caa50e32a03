// Which research an event restarts: all that it covers, once, also where the attempt that recorded it was cut off.
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../activities/dependencies';
import { createMarketEventActivities, type RecordedEvent } from '../../activities/market-events';
import type { MarketEventSignal } from '../../workflows/contracts/events';

const EVENT: MarketEventSignal = { id: 'e1', type: 'earnings', symbols: ['AAPL'], reason: 'Q4' };

const recorded = async (first: boolean, attempt: number) => {
  const asked: unknown[] = [];
  const row = { world: 'live', asOf: null, subject: 'equity:AAPL', kind: 'complete', template: 'swing' };
  const stores = {
    worlds: { now: async () => '2026-01-05T10:00:00.000Z' },
    events: { recordEvent: async () => ({ first, seq: 7 }) },
    research: {
      runningCoveredBy: async (...parameters: readonly unknown[]) => {
        asked.push(parameters[1] ?? 'all');
        return [row];
      },
    },
  };
  const { recordMarketEvent } = createMarketEventActivities({
    ...{ stores, logger: { info: () => undefined, warn: () => undefined } },
    client: { workflow: { start: async () => undefined } },
  } as unknown as Dependencies);
  const { research } = await new MockActivityEnvironment({ attempt }).run<
    [MarketEventSignal],
    RecordedEvent,
    typeof recordMarketEvent
  >(recordMarketEvent, EVENT);
  return { asked, restarted: research.length };
};

test('the first record of an event restarts all that it covers', async () => {
  expect(await recorded(true, 1)).toEqual({ asked: ['all'], restarted: 1 });
});

test('a repeated event restarts nothing again', async () => {
  expect(await recorded(false, 1)).toEqual({ asked: [], restarted: 0 });
});

test('an attempt after one that was cut off restarts what began before the event', async () => {
  expect(await recorded(false, 2)).toEqual({ asked: [{ begunBeforeIt: true }], restarted: 1 });
});
