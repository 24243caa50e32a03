// A desk for outages: a real Postgres and Temporal server of its own, the real workers inside this process, and
// three providers played by the test provider server over real HTTP. Waits can be shortened in proportion.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime as TemporalRuntime } from '@temporalio/worker';
import { createActivities } from '../../activities';
import type { ActivityOptions, Dependencies } from '../../activities/dependencies';
import { createProviderWatch } from '../../activities/provider-watch';
import { type ConclaveClient, connectClient } from '../../client/connect';
import { type DecisionHandle, startDecision } from '../../client/decisions';
import { worldOfPrices } from '../../client/inputs';
import { type Database, openDatabase } from '../../db/database';
import { sessionInstant } from '../../domain/market/session-times';
import { MICRO_PER_USD } from '../../domain/money/micro-usd';
import type { ModeWatch } from '../../domain/outage/modes';
import { createProviders } from '../../providers/create-providers';
import { hashPriceFile } from '../../sources/price-file';
import { ensureStack } from '../../stack/stack';
import { createWorkers } from '../../workers/create-workers';
import { createRuntime } from '../../workers/runtime';
import type { DecisionInput } from '../../workflows/contracts/decision';
import type { ProviderWatchLook } from '../../workflows/contracts/provider-watch';
import type { PriceFile } from '../../workflows/contracts/research';
import { PRIORITY } from '../../workflows/contracts/task-queues';
import { GENERATED_AS_OF, writeGeneratedTape } from '../support/generated-tape';
import { type ProviderServer, startProviderServer } from '../support/provider-server/provider-server';
import { endStack, type StackPlace, stackPlace } from '../support/running-stack';

const DESK_PROVIDERS = ['openai', 'anthropic', 'deepseek'] as const;
export type DeskProvider = (typeof DESK_PROVIDERS)[number];
/** One of each provider, so that each must answer for itself. */
const DESK_MEMBERS = ['gpt-4o-mini', 'claude-3-haiku', 'deepseek-chat'] as const;

const KEYS = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY', deepseek: 'DEEPSEEK_API_KEY' };
const TICK_MS = 50;
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'AMZN'] as const;

export interface OutageDesk {
  readonly server: ProviderServer;
  readonly client: ConclaveClient;
  readonly db: Database;
  readonly dependencies: Dependencies;
  /** Starts a decision about one of four shares; the index makes its key. */
  /** From now on the clock of rules (breakers, modes, health) runs so many times as fast; timers do not. */
  readonly hasten: (factor: number) => void;
  /** One look of the provider watch. */
  readonly look: () => Promise<ProviderWatchLook>;
  readonly start: (index: number, changes?: Partial<DecisionInput>) => Promise<DecisionHandle>;
  readonly close: () => Promise<void>;
}

const startWorkers = async (place: StackPlace, server: ProviderServer, options: Partial<ActivityOptions>) => {
  // Standard output is the report's alone.
  TemporalRuntime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR' } },
  });
  const { databaseUrl, temporal, release } = await ensureStack(place);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const made = await createRuntime(place.config, databaseUrl, temporal.address);
  const hosted = DESK_PROVIDERS.map((name) => ({
    ...{ name, kind: name, baseUrl: `${server.as(name)}/v1` },
    readKey: () => `sk-desk-${name}`,
  }));
  const dependencies: Dependencies = {
    ...made.dependencies,
    providers: createProviders({ hosted }),
    options: { ...made.dependencies.options, keysPresent: new Set(Object.values(KEYS)), ...options },
  };
  const runtime = { ...made, dependencies, activities: createActivities(dependencies) };
  const workers = await createWorkers({ connection, namespace: temporal.namespace, runtime });
  const running = Promise.all(workers.map((worker) => worker.run()));
  const stop = async (): Promise<void> => {
    for (const worker of workers) worker.shutdown();
    await running;
    await made.close();
    await connection.close();
    await release();
  };
  return { dependencies, databaseUrl, temporal, stop };
};

/** Moves the live world's clock on in small steps. */
const createClock = (dependencies: Dependencies) => {
  let factor = 1;
  let offsetMs = 0;
  let moved = Promise.resolve();
  const timer = setInterval(() => {
    if (factor === 1) return;
    offsetMs += (factor - 1) * TICK_MS;
    moved = moved.then(() => dependencies.stores.worlds.setClockOffsetForTests('live', offsetMs));
  }, TICK_MS);
  return {
    hasten: (next: number): void => {
      factor = next;
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await moved;
    },
  };
};

/** Looks as the workflow providerWatch does, remembering what was pending. */
const createLook = (dependencies: Dependencies): OutageDesk['look'] => {
  const { watchProviders } = createProviderWatch(dependencies);
  let pending: ModeWatch['pending'] = null;
  return async () => {
    const look = await new MockActivityEnvironment().run<
      [ModeWatch['pending']],
      ProviderWatchLook,
      typeof watchProviders
    >(watchProviders, pending);
    pending = look.pending;
    return look;
  };
};

const inputOf = (index: number, prices: PriceFile): DecisionInput => ({
  world: worldOfPrices(prices),
  asOf: sessionInstant('XNYS', GENERATED_AS_OF, 'pre_market'),
  subject: `equity:${SYMBOLS[index % SYMBOLS.length]}`,
  sessionId: null,
  stakeMicroUsd: 25 * MICRO_PER_USD,
  strategy: 'weighted_vote',
  members: DESK_MEMBERS,
  horizonDays: 5,
  research: { kind: 'complete', template: 'swing', refresh: false },
  recorded: null,
  recordedLatencyScale: 0,
  prices,
  deadlineAt: null,
  maxCostMicroUsd: null,
  priority: PRIORITY.live,
});

export const openOutageDesk = async (options: Partial<ActivityOptions> = {}): Promise<OutageDesk> => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-outage-'));
  const server = await startProviderServer();
  const place = stackPlace(join(folder, 'home'), { workers: 0, lingerSeconds: 600 });
  process.env.CONCLAVE_LOG_LEVEL = 'error';
  const { dependencies, databaseUrl, temporal, stop } = await startWorkers(place, server, options);
  const client = await connectClient({ databaseUrl, temporal });
  const db = openDatabase(databaseUrl, { poolSize: 2, applicationName: 'outage desk' });
  const tape = join(folder, 'prices.csv');
  writeGeneratedTape(tape, SYMBOLS);
  const prices = { path: tape, hash: await hashPriceFile(tape) };
  const clock = createClock(dependencies);
  return {
    ...{ server, client, db, dependencies },
    hasten: clock.hasten,
    look: createLook(dependencies),
    start: (index, changes = {}) =>
      startDecision(client, { ...inputOf(index, prices), ...changes }, `outage-${index}`),
    close: async () => {
      await clock.stop();
      await client.close();
      await db.close();
      await stop();
      await endStack(place);
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
