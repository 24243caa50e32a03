// What the API is made from: passed in, so that tests can put other parts in their place.
import type { Logger } from 'pino';
import type { ConclaveClient } from '../client/connect';
import type { WorkerPresence } from '../client/worker-presence';
import type { AnalystFolder } from '../config/analyst-folders';
import type { ProviderSettings } from '../config/provider-settings';
import type { RateLimit } from '../db/rate-limit-store';
import type { ServerMetrics } from './metrics';
import type { OpenStreams } from './open-streams';
import type { SessionWatch } from './session-watch';

export interface ServerContext {
  readonly client: ConclaveClient;
  readonly providers: readonly ProviderSettings[];
  /** Names of the environment variables that hold a key; their values never come here. */
  readonly keysPresent: ReadonlySet<string>;
  readonly metrics: ServerMetrics;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly watch: SessionWatch;
  readonly streams: OpenStreams;
  readonly workers: WorkerPresence;
  /** Signs market events that other programs send; null: such events are refused. */
  readonly webhookSecret: string | null;
  /** How often one token may ask. */
  readonly requestLimit: RateLimit;
  /** Folders with analysts of the user's own. */
  readonly analystFolders: readonly AnalystFolder[];
  /** Where the price files are that replays by API may name; null: none may. */
  readonly pricesFolder: string | null;
  /** Host names by which the server may be called. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Whose pages may call the codec, besides our own. */
  readonly codecOrigins: ReadonlySet<string>;
  /** False on a public address: there a token is needed even before any exists. */
  readonly loopback: boolean;
  readonly version: string;
}
