// How long is waited for a worker where none takes work.
import type { ConclaveClient } from '../../client/connect';
import { createWorkerPresence, NoWorker } from '../../client/worker-presence';

/** A client of a stack where no worker gives a sign of life. */
const withoutWorkers = { stores: { workerBeats: { alive: async () => 0 } } } as unknown as ConclaveClient;

test('nobody who waits gives up while a worker is starting', async () => {
  const looks = [true, true, false];
  const presence = createWorkerPresence(withoutWorkers, {
    waitMs: 0,
    isStarting: async () => looks.shift() ?? false,
  });
  await expect(presence.assertPresent()).rejects.toThrow(NoWorker);
  expect(looks).toEqual([]);
});

test('where none is starting, no worker is reported after the wait', async () => {
  await expect(createWorkerPresence(withoutWorkers, { waitMs: 0 }).assertPresent()).rejects.toThrow(NoWorker);
});
