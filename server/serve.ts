// The API server's parts put together: config and client in, a listening server out.
import { readFileSync } from 'node:fs';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { ConclaveClient } from '../client/connect';
import { createWorkerPresence, WORKER_WAIT_MS } from '../client/worker-presence';
import type { AnalystFolder } from '../config/analyst-folders';
import type { Config } from '../config/load';
import { assetPath } from '../config/package-root';
import { keyNamesPresent } from '../config/provider-settings';
import type { RateLimit } from '../db/rate-limit-store';
import { createApp } from './app';
import { codecOrigins } from './codec-origins';
import { isLoopbackAddress, LOOPBACK_HOSTS } from './host-check';
import { assertBindable, type Listening, listen } from './listen';
import { createMetrics } from './metrics';
import { createOpenStreams, type OpenStreams } from './open-streams';
import { REQUESTS } from './rate-limit';
import { createSessionWatch } from './session-watch';

export interface ServeOptions {
  readonly client: ConclaveClient;
  readonly config: Pick<Config, 'providers'>;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Further names by which the server may be called. */
  readonly hostNames?: readonly string[];
  /** Further origins of Temporal's UI, whose pages may call the codec. */
  readonly codecOrigins?: readonly string[];
  readonly webhookSecret?: string | null;
  readonly requestLimit?: RateLimit;
  readonly streams?: OpenStreams;
  /** How long a request that starts work waits for a worker that is starting. */
  readonly workerWaitMs?: number;
  /** Folders with analysts of the user's own. */
  readonly analystFolders?: readonly AnalystFolder[];
  /** Where price files for replays by API are; without it none can be named. */
  readonly pricesFolder?: string;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const packageVersion = (): string =>
  (JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string }).version;

export interface ServerApp {
  readonly app: OpenAPIHono;
  /** Ends what follows sessions. */
  close(): void;
}

/** The API without an address: requests are given to `app.request`. */
export const buildApp = (options: Omit<ServeOptions, 'port'>): ServerApp => {
  const { client, config, host, logger } = options;
  const watch = createSessionWatch(client);
  const app = createApp({
    client,
    providers: config.providers,
    keysPresent: keyNamesPresent(config.providers),
    metrics: createMetrics(client),
    logger,
    watch,
    streams: options.streams ?? createOpenStreams(),
    workers: createWorkerPresence(client, { waitMs: options.workerWaitMs ?? WORKER_WAIT_MS }),
    webhookSecret: options.webhookSecret ?? null,
    requestLimit: options.requestLimit ?? REQUESTS,
    analystFolders: options.analystFolders ?? [],
    pricesFolder: options.pricesFolder ?? null,
    allowedHosts: new Set([
      ...LOOPBACK_HOSTS,
      host.toLowerCase(),
      ...(options.hostNames ?? []).map((name) => name.toLowerCase()),
    ]),
    codecOrigins: codecOrigins(client.uiUrl, options.codecOrigins ?? []),
    loopback: isLoopbackAddress(host),
    version: packageVersion(),
  });
  return { app, close: watch.close };
};

/** @throws Error when the address cannot be bound, or may not be. */
export const serve = async (options: ServeOptions): Promise<Listening> => {
  await assertBindable(options.client, options.host);
  const built = buildApp(options);
  const listening = await listen(built.app, options.host, options.port);
  return {
    port: listening.port,
    close: async () => {
      built.close();
      await listening.close();
    },
  };
};
