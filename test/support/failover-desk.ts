// A desk of two providers for tests of failover and hedging: the real decision workflow on a real Temporal server,
// real calls over HTTP, each billed by its provider's own log. Only the plan is given, and the record is not written.
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { createCallModel } from '../../activities/call-model';
import { createProviderServed } from '../../activities/provider-served';
import type { ModelEntry } from '../../domain/selection/model';
import type { CallModelInput } from '../../workflows/contracts/calls';
import type { DecisionInput, DecisionPlan, DecisionResult } from '../../workflows/contracts/decision';
import { providerQueue } from '../../workflows/contracts/task-queues';
import { freshTestDatabase, type TestDatabase } from '../integration/db/fresh-database';
import { type CallHarness, createCallHarness } from './call-harness';
import { DEFAULT_BEHAVIOUR } from './provider-server/faults';
import { type ProviderServer, startProviderServer } from './provider-server/provider-server';
import { temporalAddress, uniquePrefix } from './test-stack';

/** Calls have someone look after a second in their queue: minutes in the product. */
const IMPATIENT = { './contracts/queue-patience': require.resolve('./impatient-queue.ts') };

const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error };

export interface FailoverDesk {
  readonly test: TestDatabase;
  readonly harness: CallHarness;
  /** The member's provider and the substitute's, named for this run, each with a server of its own. */
  readonly first: string;
  readonly second: string;
  /** Configured, at the first's server; its worker starts once a call has had someone look whether there is one. */
  readonly late: string;
  readonly servers: { readonly first: ProviderServer; readonly second: ProviderServer };
  readonly decide: (plan: Partial<DecisionPlan>) => Promise<{
    readonly decisionId: string;
    readonly result: DecisionResult;
    readonly wallMs: number;
  }>;
  /** Resolves when no call's activity runs, those of decisions that are over included. */
  readonly callsEnded: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A member or substitute: the model `m` of a provider, or its other one, `n`. */
export const deskMember = (provider: string, model: 'm' | 'n' = 'm') => ({
  ...{ model: `${provider}/${model}`, provider, worstCaseMicroUsd: 10, statistical: false, recorded: false },
  ...{ weight: null, calibrator: null, calibratorVersion: null },
});

const planOf = (decisionId: string, changes: Partial<DecisionPlan>): DecisionPlan => ({
  ...{
    decisionId,
    propositionId: 'harness-proposition',
    statement: 'The harness answers.',
    category: 'test',
  },
  ...{ resolvesAt: '2030-01-01T00:00:00.000Z', price: 0.5, priceAt: null, seriesId: null },
  ...{ strategy: 'weighted_vote', mode: 'normal', now: new Date().toISOString(), members: [] },
  ...{ substitutes: [], quorumNeeded: 1, callDeadlineMs: 1_000, weightsVersion: null, thresholds: {} },
  ...{ budgetLeftMicroUsd: null, sizing: null, candidates: [], degradations: [], synthetic: false },
  ...changes,
});

const INPUT: DecisionInput = {
  ...{ world: 'live', asOf: null, subject: 'question:failover', sessionId: null, stakeMicroUsd: 25_000_000 },
  ...{ strategy: null, members: null, horizonDays: 5, research: null, recorded: null },
  ...{ recordedLatencyScale: 0, prices: null, deadlineAt: null, maxCostMicroUsd: null, priority: 1 },
};

/** At the server's own rates. */
const entry = (provider: string, model: 'm' | 'n'): ModelEntry => ({
  ...{ id: `${provider}/${model}`, provider, providerModel: model, displayName: model, quality: 7 },
  ...{ contextTokens: 8_000, maxOutputTokens: 1_000, strengths: [], speed: 'fast', local: false },
  ...{ statistical: false, keyName: null, researchSibling: null, version: model },
  price: {
    validFrom: '2020-01-01',
    inputPer1M: DEFAULT_BEHAVIOUR.rates.default!.inputPer1M,
    outputPer1M: DEFAULT_BEHAVIOUR.rates.default!.outputPer1M,
    cachedInputPer1M: DEFAULT_BEHAVIOUR.rates.default!.cachedInputPer1M ?? null,
    cacheWritePer1M: null,
    longContext: null,
    source: 'the test server',
  },
});

/** The activity, and a way to wait for all of its runs. */
const watched = (harness: CallHarness) => {
  const { callModel } = createCallModel(harness.dependencies);
  const running = new Set<Promise<unknown>>();
  return {
    callModel: (input: CallModelInput) => {
      const run = callModel(input);
      const ended = run.catch(quiet).finally(() => running.delete(ended));
      running.add(ended);
      return run;
    },
    ended: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    },
  };
};

/** Starts it all; the first decision has loaded what the others find loaded. */
export const openFailoverDesk = async (): Promise<FailoverDesk> => {
  const test = await freshTestDatabase(10);
  // A server each: one that refuses closes its port to everyone.
  const servers = { first: await startProviderServer(), second: await startProviderServer() };
  const queue = uniquePrefix();
  const [first, second, late] = [`${queue}-one`, `${queue}-two`, `${queue}-late`];
  const hosted = [first, second, late].map((name) => ({
    ...{ name, kind: 'openai-compatible' as const, readKey: () => null },
    baseUrl: `${(name === second ? servers.second : servers.first).as(name)}/v1`,
  }));
  const harness = await createCallHarness(test.url, hosted, 8);
  for (const name of [first, second, late])
    for (const model of ['m', 'n'] as const) await harness.stores.registry.add(entry(name, model));
  const address = await temporalAddress();
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const workflowsPath = require.resolve('../../workflows/index.ts');
  const workflowBundle = await bundleWorkflowCode({
    ...{ workflowsPath, logger },
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, alias: { ...config.resolve?.alias, ...IMPATIENT } },
    }),
  });
  const { providerServed } = createProviderServed({ ...harness.dependencies, client });
  const plans = new Map<string, Partial<DecisionPlan>>();
  const calls = watched(harness);
  const serving = (name: string) =>
    Worker.create({
      ...{ connection, taskQueue: providerQueue(name), activities: { callModel: calls.callModel } },
      maxHeartbeatThrottleInterval: 500,
    });
  const workers: Worker[] = [];
  const running: Promise<void>[] = [];
  const start = (worker: Worker): void => {
    workers.push(worker);
    running.push(worker.run());
  };
  let lateServed: Promise<void> | null = null;
  const serveLate = (): Promise<void> => {
    lateServed ??= serving(late).then(start);
    return lateServed;
  };
  const activities = {
    prepareDecision: async ({ decisionId }: { decisionId: string }) =>
      planOf(decisionId, {
        ...{ members: [deskMember(first)], substitutes: [deskMember(second)] },
        ...plans.get(decisionId),
      }),
    recordDecision: async () => ({ arms: null, trade: {} }),
    providerServed: async (provider: string) => {
      const served = await providerServed(provider);
      if (provider === late) await serveLate();
      return served;
    },
  };
  start(await Worker.create({ connection, taskQueue: queue, workflowBundle, activities }));
  for (const name of [first, second]) start(await serving(name));
  const decide: FailoverDesk['decide'] = async (plan) => {
    const decisionId = `decision:failover:${randomUUID()}`;
    plans.set(decisionId, plan);
    const started = performance.now();
    const result = await client.workflow.execute<(input: DecisionInput) => Promise<DecisionResult>>(
      'ensembleDecision',
      { taskQueue: queue, workflowId: decisionId, args: [INPUT] },
    );
    return { decisionId, result, wallMs: performance.now() - started };
  };
  await decide({});
  return {
    ...{ test, harness, first, second, late, servers, decide },
    callsEnded: calls.ended,
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await harness.close();
      await Promise.all([servers.first.close(), servers.second.close()]);
      await test.drop();
    },
  };
};
