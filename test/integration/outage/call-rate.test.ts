// A provider's rate limit binds all worker processes together: each added one would otherwise add its own. Its number of
// calls at once binds each process, and who waits for a slot loses none of the call's time.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readAnalysts, startPanel } from '../../../client/panel';
import { workersAtWork } from '../../../client/worker-presence';
import { stackStatus } from '../../../stack/stack';
import { aPanelRequest } from '../../support/panel-request';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { endStack, enterStack, type RunningStack, stackPlace } from '../../support/running-stack';

jest.setTimeout(240_000);

const CALLS_PER_SECOND = 3;
const ANALYSTS = 17;
/**
 * The server lets a second's worth go at once after a pause. Of the rest's time six tenths are asked: a first call that
 * starts late shortens it, and a limit of its own for each process would take less than half.
 */
const LEAST_MS = 0.6 * ((ANALYSTS - 1 - CALLS_PER_SECOND) / CALLS_PER_SECOND) * 1_000;

/** Of the provider that answers one by one; all its calls together take longer. */
const DEADLINE_MS = 6_000;
const EACH_MS = 1_000;

let server: ProviderServer;
let running: RunningStack;

beforeAll(async () => {
  server = await startProviderServer();
  const home = join(process.env.CONCLAVE_TEST_RUN_HOME!, 'call-rate');
  mkdirSync(home, { recursive: true });
  const yaml = `providers:
  - { name: slow, kind: openai-compatible, baseUrl: "${server.as('slow')}/v1", models: [writer], callsPerSecond: ${CALLS_PER_SECOND} }
  - { name: single, kind: openai-compatible, baseUrl: "${server.as('single')}/v1", models: [writer], atOnce: 1, callDeadlineSeconds: ${DEADLINE_MS / 1_000} }`;
  running = await enterStack(stackPlace(home, { yaml, workers: 2, lingerSeconds: 5 }));
  // A process that is still starting would leave all calls to the other.
  while ((await workersAtWork(running.client)) < 2) await delay(50);
});

afterAll(async () => {
  await running?.close();
  if (running) await endStack(running.place);
  await server?.close();
});

it('two worker processes together keep to the calls per second of one provider', async () => {
  const workers = (await stackStatus(running.place.config))!.parts.filter(({ name }) => /^worker/.test(name));
  expect(workers.map(({ state }) => state)).toEqual(['running', 'running']);
  const panel = await startPanel(
    running.client,
    aPanelRequest({ world: 'synthetic', subjects: ['equity:AAPL'], model: 'slow/writer' }),
    readAnalysts([], null),
    'call-rate',
  );
  await panel.result();
  const calls = server.calls().filter(({ callKey }) => callKey.includes('panel'));
  const starts = calls.map(({ receivedAt }) => Date.parse(receivedAt));
  expect(calls).toHaveLength(ANALYSTS);
  expect(Math.max(...starts) - Math.min(...starts)).toBeGreaterThan(LEAST_MS);
});

it('a provider with one call at once is asked one by one, and no call is late for having waited', async () => {
  server.clear();
  // The first call of an analyst is never answered: it ends by its provider's own deadline.
  const match = { provider: 'single', promptIncludes: 'Your way of thinking: ' };
  server.set({ delayMs: EACH_MS, queue: [{ fault: 'black_hole', match }] });
  const panel = await startPanel(
    running.client,
    aPanelRequest({ world: 'synthetic', subjects: ['equity:AAPL'], model: 'single/writer' }),
    readAnalysts([], null),
    'at-once',
  );
  const { notes } = await panel.result();
  expect(notes).toContain(`Partial: ${ANALYSTS - 1} of ${ANALYSTS} calls answered, 1 failed`);
  expect(notes).toContain(`1 of 1 failed: no complete reply within ${DEADLINE_MS} ms`);
  const calls = server.calls().filter(({ callKey }) => callKey.includes('panel'));
  const atOnce = calls.map(
    ({ receivedAt }) =>
      calls.filter((each) => each.receivedAt <= receivedAt && (each.endedAt ?? '9') > receivedAt).length,
  );
  // One in each of the two processes.
  expect(Math.max(...atOnce)).toBe(2);
  const starts = calls.map(({ receivedAt }) => Date.parse(receivedAt));
  expect(Math.max(...starts) - Math.min(...starts)).toBeGreaterThan(DEADLINE_MS);
});
