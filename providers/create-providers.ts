// Opens every provider from plain options. Where the options come from, and where keys are kept, is the
// caller's affair; keys are read at the moment of a call and nowhere else.
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import { createHouseProvider } from './house/house-provider';
import { PROVIDER_KINDS } from './kind-list';
import type { Provider } from './port';
import type { ProviderConnection, ProviderKind } from './provider-kind';
import { createRecordedProvider, type RecordedProvider } from './recorded';

export interface HostedOptions extends ProviderConnection {
  /** One of the files of kinds/. */
  readonly kind: string;
}

export interface ProvidersOptions {
  readonly hosted: readonly HostedOptions[];
  /** Folder with questions.csv.gz and forecasts.csv.gz; absent leaves `recorded` out. */
  readonly recordedFolder?: string;
  /** Share of the recorded latency to wait; default 0. */
  readonly recordedLatencyScale?: number;
}

/** @throws RangeError naming the provider and the known kinds. */
const kindOf = ({ name, kind }: HostedOptions): ProviderKind => {
  const found = PROVIDER_KINDS.find((one) => one.kind === kind);
  if (found) return found;
  const known = PROVIDER_KINDS.map((one) => one.kind).join(', ');
  throw new RangeError(`kind "${kind}" of provider "${name}" is not known; accepted: ${known}`);
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
    if (OWN_PROVIDERS.has(hosted.name) || providers.has(hosted.name))
      throw new RangeError(
        `provider name "${hosted.name}" is taken; accepted: a name of its own, not house or recorded`,
      );
    providers.set(hosted.name, kindOf(hosted).open(hosted));
  }
  return providers;
};
