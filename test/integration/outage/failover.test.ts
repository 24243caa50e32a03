// How long a decision waits for a provider that does not answer: its real workflow on a real Temporal server, real
// calls over HTTP, and a second provider that takes over.
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { createCallModel } from '../../../activities/call-model';
import type { ModelEntry } from '../../../domain/selection/model';
import type { DecisionInput, DecisionPlan, DecisionResult } from '../../../workflows/contracts/decision';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import type { QueuedFault } from '../../support/provider-server/faults';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(120_000);

const DEADLINE_MS = 1_000;
const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error };

let test: TestDatabase;
let server: ProviderServer;
/** Its own server: one that refuses closes its port to everyone. */
let healthy: ProviderServer;
let harness: CallHarness;
let workers: readonly Worker[];
let running: Promise<unknown>;
let client: Client;
let queue: string;
/** The two providers, named for this run: their queues are the server's own. */
let first: string;
let second: string;

const member = (provider: string) => ({
  ...{ model: `${provider}/m`, provider, worstCaseMicroUsd: 10, statistical: false, recorded: false },
  ...{ weight: null, calibrator: null, calibratorVersion: null },
});

const plan = (decisionId: string): DecisionPlan =>
  ({
    decisionId,
    propositionId: 'harness-proposition',
    statement: 'The harness answers.',
    category: 'test',
    resolvesAt: '2030-01-01T00:00:00.000Z',
    price: 0.5,
    priceAt: null,
    seriesId: null,
    strategy: 'weighted_vote',
    mode: 'normal',
    now: new Date().toISOString(),
    members: [member(first)],
    substitutes: [member(second)],
    quorumNeeded: 1,
    callDeadlineMs: DEADLINE_MS,
    weightsVersion: null,
    thresholds: {},
    budgetLeftMicroUsd: null,
    sizing: null,
    candidates: [],
    degradations: [],
    synthetic: false,
  }) as DecisionPlan;

const input: DecisionInput = {
  ...{ world: 'live', asOf: null, subject: 'question:failover', sessionId: null, stakeMicroUsd: 25_000_000 },
  ...{ strategy: null, members: null, horizonDays: 5, research: null, recorded: null },
  ...{ recordedLatencyScale: 0, prices: null, deadlineAt: null, maxCostMicroUsd: null, priority: 1 },
};

const entry = (provider: string): ModelEntry => ({
  ...{ id: `${provider}/m`, provider, providerModel: 'm', displayName: 'm', quality: 7, price: null },
  ...{ contextTokens: 8_000, maxOutputTokens: 1_000, strengths: [], speed: 'fast', local: true },
  ...{ statistical: false, keyName: null, researchSibling: null, version: 'm' },
});

const decide = async (): Promise<{ readonly result: DecisionResult; readonly wallMs: number }> => {
  const started = performance.now();
  const result = await client.workflow.execute<(input: DecisionInput) => Promise<DecisionResult>>(
    'ensembleDecision',
    { taskQueue: queue, workflowId: `decision:failover:${randomUUID()}`, args: [input] },
  );
  return { result, wallMs: performance.now() - started };
};

beforeAll(async () => {
  test = await freshTestDatabase(10);
  [server, healthy] = await Promise.all([startProviderServer(), startProviderServer()]);
  queue = uniquePrefix();
  [first, second] = [`${queue}-one`, `${queue}-two`];
  const hosted = [server.as(first), healthy.as(second)].map((address, index) => ({
    ...{ name: [first, second][index]!, kind: 'openai-compatible' as const, readKey: () => null },
    baseUrl: `${address}/v1`,
  }));
  harness = await createCallHarness(test.url, hosted, 8);
  for (const name of [first, second]) await harness.stores.registry.upsert(entry(name), 'user');
  const address = await temporalAddress();
  const connection = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }) });
  const workflowsPath = require.resolve('../../../workflows/index.ts');
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  const activities = {
    prepareDecision: async ({ decisionId }: { decisionId: string }) => plan(decisionId),
    recordDecision: async () => undefined,
  };
  const { callModel } = createCallModel(harness.dependencies);
  workers = await Promise.all([
    Worker.create({ connection, taskQueue: queue, workflowBundle, activities }),
    ...[first, second].map((name) =>
      Worker.create({ connection, taskQueue: `provider-${name}`, activities: { callModel } }),
    ),
  ]);
  running = Promise.all(workers.map((worker) => worker.run()));
  // The first decision loads what the others find loaded.
  await decide();
}, STACK_START_MS);
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await harness.close();
  await Promise.all([server.close(), healthy.close()]);
  await test.drop();
});

/** A bound on what Temporal and a busy machine add: the figures themselves are printed, not tested. */
const SLACK_MS = 4_000;

it.each([
  ['refuse', 0],
  ['black_hole', DEADLINE_MS],
  ['keep_alive_drip', DEADLINE_MS],
  ['drip', DEADLINE_MS],
] as const)('a decision whose provider answers with %s is taken over by the next', async (fault, heldMs) => {
  await test.db.query('truncate breakers');
  const faults: QueuedFault[] = [{ fault, times: 2, match: { provider: first }, settings: { everyMs: 100 } }];
  healthy.clear();
  server.set({ queue: faults });
  const { result, wallMs } = await decide();
  console.info(`failover on ${fault}: decided after ${Math.round(wallMs)} ms`);
  expect(result.status).toBe('decided');
  expect(healthy.calls().map(({ provider, outcome }) => [provider, outcome])).toEqual([[second, 'answered']]);
  expect(wallMs).toBeGreaterThanOrEqual(heldMs);
  expect(wallMs).toBeLessThan(heldMs + SLACK_MS);
});
