// Builds every provider from plain options. Where the options come from, and where keys are kept, is the
// caller's affair; keys are read at the moment of a call and nowhere else.
import { createHostedProvider } from './hosted';
import { HOSTED_KINDS, type HostedKind } from './hosted-kinds';
import { createHouseProvider } from './house/house-provider';
import { createOllamaProvider } from './ollama';
import type { Provider } from './port';
import { createRecordedProvider, type RecordedProvider } from './recorded';

export const PROVIDER_KINDS = [...HOSTED_KINDS, 'ollama'] as const;
export type ProviderKind = HostedKind | 'ollama';

export interface HostedOptions {
  /** The name used in registry, ledger and queues; unique. */
  readonly name: string;
  readonly kind: ProviderKind;
  /** From the operator's configuration only (K4); required for `openai-compatible`. */
  readonly baseUrl?: string;
  /** Reads the key from where it is kept; null when none is configured. */
  readonly readKey: () => string | null;
}

export interface ProvidersOptions {
  readonly hosted: readonly HostedOptions[];
  /** Folder with questions.csv.gz and forecasts.csv.gz; absent leaves `recorded` out. */
  readonly recordedFolder?: string;
  /** Share of the recorded latency to wait; default 0. */
  readonly recordedLatencyScale?: number;
}

const RESERVED = new Set(['house', 'recorded']);

const createHosted = ({ kind, ...options }: HostedOptions): Provider => {
  if (kind === 'ollama') return createOllamaProvider(options);
  if (!HOSTED_KINDS.includes(kind))
    throw new RangeError(
      `kind "${kind}" of provider "${options.name}" is not known; accepted: ${PROVIDER_KINDS.join(', ')}`,
    );
  return createHostedProvider({ ...options, kind });
};

const createHouse = (recorded: RecordedProvider | null): Provider =>
  recorded
    ? createHouseProvider({
        recordedPrice: async (rowId) => (await recorded.loadQuestion(rowId)).marketValueFreeze,
      })
    : createHouseProvider();

/**
 * All providers by name: the configured ones, `house`, and `recorded` where a folder is given.
 * @throws RangeError for an unknown kind, an unusable base URL, or a name that is taken
 */
export const createProviders = (options: ProvidersOptions): ReadonlyMap<string, Provider> => {
  const recorded =
    options.recordedFolder === undefined
      ? null
      : createRecordedProvider({
          folder: options.recordedFolder,
          latencyScale: options.recordedLatencyScale ?? 0,
        });
  const providers = new Map<string, Provider>([['house', createHouse(recorded)]]);
  if (recorded) providers.set('recorded', recorded);
  for (const hosted of options.hosted) {
    if (RESERVED.has(hosted.name) || providers.has(hosted.name))
      throw new RangeError(
        `provider name "${hosted.name}" is taken; accepted: a name of its own, not house or recorded`,
      );
    providers.set(hosted.name, createHosted(hosted));
  }
  return providers;
};
