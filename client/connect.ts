// The client: how commands, the API and scripts reach workflows and the database.
import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { temporalConnection } from '../config/temporal-connection';
import { type BriefCache, createBriefCache } from '../db/brief-cache';
import { openDatabase } from '../db/database';
import { createStores, type Stores } from '../db/stores';
import { dataConverter } from './data-converter';

export interface ConclaveClient {
  readonly temporal: Client;
  readonly stores: Stores;
  readonly briefCache: BriefCache;
  readonly namespace: string;
  readonly uiUrl: string | null;
  /** Resolves when workers that are starting have brought the registry up to date; absent where none are. */
  readonly registryReady?: () => Promise<void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly databaseUrl: string;
  readonly temporal: { readonly address: string; readonly namespace: string; readonly uiUrl: string | null };
  readonly apiKey?: string | null;
  readonly tls?: boolean;
  /** Where the keys of payloads are; the usual variable when not given. */
  readonly payloadKeysName?: string | null;
  /** Awaited before anything is started or updated; what it throws keeps it from being started. */
  readonly beforeWork?: () => Promise<void>;
}

/** What only a worker can answer waits for `beforeWork`. */
const guarded = (beforeWork: () => Promise<void>): WorkflowClientInterceptor => ({
  startWithDetails: (input, next) => beforeWork().then(() => next(input)),
  startUpdate: (input, next) => beforeWork().then(() => next(input)),
  startUpdateWithStart: (input, next) => beforeWork().then(() => next(input)),
});

/** Connections of one command or API process. */
const POOL_SIZE = 5;

export const connectClient = async (options: ConnectOptions): Promise<ConclaveClient> => {
  const { address, namespace, uiUrl } = options.temporal;
  const converter = dataConverter(options.payloadKeysName);
  const { tls, apiKey } = options;
  const connection = await Connection.connect(temporalConnection({ address, tls, apiKey }));
  const db = openDatabase(options.databaseUrl, { poolSize: POOL_SIZE, applicationName: 'conclave-client' });
  const stores = createStores(db);
  return {
    temporal: new Client({
      connection,
      namespace,
      dataConverter: converter,
      ...(options.beforeWork ? { interceptors: { workflow: [guarded(options.beforeWork)] } } : {}),
    }),
    stores,
    briefCache: createBriefCache(stores.briefs),
    namespace,
    uiUrl,
    close: async () => {
      await connection.close();
      await db.close();
    },
  };
};

/** The page of a workflow in Temporal's UI. */
export const workflowUrl = (
  client: Pick<ConclaveClient, 'uiUrl' | 'namespace'>,
  workflowId: string,
): string | null =>
  client.uiUrl &&
  `${client.uiUrl}/namespaces/${client.namespace}/workflows/${encodeURIComponent(workflowId)}`;
