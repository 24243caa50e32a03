// Puts a worker process's parts together from its configuration: pool, stores, providers, sources, client.
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import pino from 'pino';
import { createActivities } from '../activities';
import type { ActivityOptions, Dependencies } from '../activities/dependencies';
import { dataConverter } from '../client/data-converter';
import { scheduleKeeper } from '../client/keep-schedules';
import type { Config } from '../config/load';
import { redact } from '../config/redact';
import { readSecret } from '../config/secrets';
import { temporalConnection } from '../config/temporal-connection';
import { createBriefCache } from '../db/brief-cache';
import { openDatabase } from '../db/database';
import { createStores } from '../db/stores';
import { MICRO_PER_USD } from '../domain/money/micro-usd';
import { createRecordedProvider, type RecordedProvider } from '../providers/recorded';
import { createSources } from '../sources/create-sources';
import { alertChannels } from './configured-alerts';
import { callDeadlines, callRates, callsAtOnce, keysPresent, serveProviders } from './configured-providers';
import { DEFAULT_WATCHLISTS } from './default-watchlists';
import { seedModels } from './seed-models';
import { WORKER_CONNECTIONS } from './worker-options';

export interface Runtime {
  readonly dependencies: Dependencies;
  readonly activities: ReturnType<typeof createActivities>;
  /** The client's too: workers and clients must read each other. */
  readonly dataConverter: DataConverter;
  close(): Promise<void>;
}

const activityOptions = (config: Config): ActivityOptions => ({
  stakeMicroUsd: 25 * MICRO_PER_USD,
  sessionConcurrency: 12,
  callDeadlineMs: 90_000,
  callDeadlines: callDeadlines(config),
  briefLimits: { maxEntries: 20_000, maxBytes: 512 * 1024 * 1024 },
  keysPresent: keysPresent(config),
  ratedProviders: new Set([...callRates(config).keys(), ...callsAtOnce(config).keys()]),
  watchlists: DEFAULT_WATCHLISTS,
});

/** One provider per folder and scale: its index is read once per process. */
const recordedProviders = (): Dependencies['recorded'] => {
  const known = new Map<string, RecordedProvider>();
  return (folder, latencyScale) => {
    const key = `${latencyScale}|${folder}`;
    const provider = known.get(key) ?? createRecordedProvider({ folder, latencyScale });
    known.set(key, provider);
    return provider;
  };
};

const createLogger = () =>
  pino({
    level: process.env.CONCLAVE_LOG_LEVEL ?? 'info',
    base: { pid: process.pid },
    hooks: {
      streamWrite: (line) => redact(line),
    },
  });

export const createRuntime = async (
  config: Config,
  databaseUrl: string,
  address: string,
): Promise<Runtime> => {
  const db = openDatabase(databaseUrl, {
    poolSize: WORKER_CONNECTIONS,
    applicationName: 'conclave-worker',
  });
  const stores = createStores(db);
  const apiKey = config.temporal.apiKeyName ? readSecret(config.temporal.apiKeyName) : null;
  const { tls } = config.temporal;
  const connection = await Connection.connect(temporalConnection({ address, tls, apiKey }));
  const logger = createLogger();
  const converter = dataConverter(config.temporal.payloadKeysName, process.env, ({ message }) =>
    logger.error(message),
  );
  const { newsFeeds, secUserAgent, pricesFile } = config.sources;
  const { providers, discovered, listed, configured } = await serveProviders(config);
  const sources = createSources({
    synthetic: 'never',
    limits: stores.rateLimits,
    ...(newsFeeds ? { newsFeeds } : {}),
    ...(secUserAgent ? { secUserAgent } : {}),
    ...(pricesFile ? { pricesFile } : {}),
  });
  await seedModels(stores.registry, discovered, listed, configured);
  const client = new Client({
    connection,
    namespace: config.temporal.namespace,
    dataConverter: converter,
  });
  const dependencies: Dependencies = {
    db,
    stores,
    briefCache: createBriefCache(stores.briefs),
    providers,
    recorded: recordedProviders(),
    sources,
    client,
    keepSchedules: scheduleKeeper({ temporal: client, stores }),
    logger,
    alertChannels: alertChannels(config.alerts),
    options: activityOptions(config),
  };
  return {
    dependencies,
    activities: createActivities(dependencies),
    dataConverter: converter,
    close: async () => {
      await connection.close();
      await sources.close();
      await db.close();
    },
  };
};
