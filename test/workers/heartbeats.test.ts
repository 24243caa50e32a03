// Every activity beats while it runs, and none after.
import type { Context } from '@temporalio/activity';
import { heartbeats } from '../../workers/heartbeats';
import { BEAT_MS } from '../../workflows/contracts/task-queues';
import { readSources } from '../support/source-files';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const run = (work: () => Promise<unknown>) => {
  const heartbeat = jest.fn();
  const { inbound } = heartbeats({ heartbeat } as unknown as Context);
  return { heartbeat, ended: inbound!.execute!({ args: [], headers: {} }, work) };
};

it('an activity beats four times per time-out until it ends, and not after', async () => {
  let end: (value: string) => void = () => undefined;
  const { heartbeat, ended } = run(() => new Promise((resolve) => (end = resolve)));
  jest.advanceTimersByTime(4 * BEAT_MS);
  expect(heartbeat).toHaveBeenCalledTimes(4);
  end('done');
  expect(await ended).toBe('done');
  jest.advanceTimersByTime(10 * BEAT_MS);
  expect(heartbeat).toHaveBeenCalledTimes(4);
});

it('an activity that fails stops beating and keeps its error', async () => {
  const { heartbeat, ended } = run(() => Promise.reject(new Error('its own')));
  await expect(ended).rejects.toThrow('its own');
  jest.advanceTimersByTime(10 * BEAT_MS);
  expect(heartbeat).not.toHaveBeenCalled();
});

it('every workflow misses the heartbeats of a worker that died, rather than wait for a whole time-out', () => {
  const stubs = readSources(['workflows']).flatMap(({ path, text }) =>
    [...text.matchAll(/\bproxyActivities<Activities>\(\{[^}]*/g)].map(([options]) => ({ path, options })),
  );
  expect(stubs.length).toBeGreaterThan(5);
  const deaf = stubs.filter(({ options }) => !options.includes('heartbeatTimeout'));
  expect(deaf.map(({ path }) => path)).toEqual([]);
});
