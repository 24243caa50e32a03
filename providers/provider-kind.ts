// What one file of kinds/ says: a kind of provider, with the variables that configure it, the models that come with
// it, and how it is opened. These files load nothing heavy, as the command line reads them at every start.
import type { ModelEntry } from '../domain/selection/model';
import type { Provider } from './port';

export interface ProviderConnection {
  /** The name used in registry, ledger and queues; unique. */
  readonly name: string;
  /** From the operator's configuration only (K4); absent: the kind's own address. */
  readonly baseUrl?: string;
  /** Reads the key from where it is kept, at each call, so that a rotated one counts at once; null: none. */
  readonly readKey: () => string | null;
}

/** A registry entry without what the connection decides. */
export type OfferedModel = Omit<ModelEntry, 'provider' | 'keyName'>;

export interface ProviderKind {
  /** As configuration names it. */
  readonly kind: string;
  /** The maker's usual variable for a key; null: it needs none. */
  readonly keyName: string | null;
  /** The variable that replaces its address; null: set in the configuration alone. */
  readonly urlName: string | null;
  /** In the registry wherever the provider is served, besides those of data/models.json. */
  readonly models: readonly OfferedModel[];
  /** What its server lists as models is offered too; for servers of one's own, which list what they serve. */
  readonly offersList: boolean;
  /** True where the shared prefix must be marked to be cached; elsewhere an equal prefix is enough. Absent: false. */
  readonly marksCache?: boolean;
  /** HTTP status of a free request that needs the key, which no model answers. Absent: none. @throws without an answer */
  readonly keyStatus?: (connection: ProviderConnection, signal: AbortSignal) => Promise<number>;
  /** @throws RangeError naming the provider when its address is missing or not usable */
  readonly open: (connection: ProviderConnection) => Provider;
}
