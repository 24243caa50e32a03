// From configuration to providers: which are served, and which models they turn out to have.
import type { Config } from '../config/load';
import {
  isCallable,
  keyNamesPresent,
  type ProviderSettings,
  registryKeyName,
} from '../config/provider-settings';
import { readSecret } from '../config/secrets';
import type { ModelEntry } from '../domain/selection/model';
import { compatibleModels, isOnThisMachine, MOST_LISTED, unknownModel } from '../providers/compatible-models';
import { createProviders, type HostedOptions } from '../providers/create-providers';
import { PROVIDER_KINDS } from '../providers/kind-list';
import type { Provider } from '../providers/port';
import { type ConfiguredProvider, type KnownOffer, shippedModels } from './seed-models';

/** How long a server may take to list its models at start. */
const DISCOVERY_MS = 2_000;

const serves = (settings: ProviderSettings): boolean =>
  isCallable(settings) || (settings.enabled && settings.kind === 'ollama');

const readKeyOf =
  ({ keyName }: ProviderSettings) =>
  () =>
    keyName === null ? null : readSecret(keyName);

const toHosted = (settings: ProviderSettings): HostedOptions => {
  return {
    name: settings.name,
    kind: settings.kind,
    ...(settings.baseUrl ? { baseUrl: settings.baseUrl } : {}),
    readKey: readKeyOf(settings),
  };
};

export const keysPresent = (config: Config): ReadonlySet<string> => keyNamesPresent(config.providers);

/** Limits of the configuration, by provider. */
export const callRates = (config: Config): ReadonlyMap<string, number> =>
  new Map(
    config.providers.flatMap(({ name, callsPerSecond }) =>
      callsPerSecond === null ? [] : [[name, callsPerSecond] as const],
    ),
  );

/** A model on a machine of one's own may write for minutes, and a server that answers one by one has others wait. */
const LOCAL_DEADLINE_SECONDS = 600;

/** Ollama takes few at once, and loads and unloads models in turn: the others wait here, where no deadline runs. */
const OLLAMA_AT_ONCE = 2;

const isLocal = ({ kind, baseUrl }: ProviderSettings): boolean =>
  kind === 'ollama' || (kind === 'openai-compatible' && baseUrl !== null && isOnThisMachine(baseUrl));

/** How long one call may take, in milliseconds, of providers for which that is not the usual time. */
export const callDeadlines = (config: Config): ReadonlyMap<string, number> =>
  new Map(
    config.providers.flatMap((settings) => {
      const seconds = settings.callDeadlineSeconds ?? (isLocal(settings) ? LOCAL_DEADLINE_SECONDS : null);
      return seconds === null ? [] : [[settings.name, seconds * 1_000] as const];
    }),
  );

/** Calls that one process has under way at most, of providers for which that is not the usual number. */
export const callsAtOnce = (config: Config): ReadonlyMap<string, number> =>
  new Map(
    config.providers.flatMap(({ name, kind, atOnce }) => {
      const most = atOnce ?? (kind === 'ollama' ? OLLAMA_AT_ONCE : null);
      return most === null ? [] : [[name, most] as const];
    }),
  );

export interface ServedProviders {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Models that come with a provider, and those found on the spot: of Ollama and OpenAI-compatible servers. */
  readonly discovered: readonly ModelEntry[];
  /** Providers of which all is known that they have. */
  readonly listed: readonly KnownOffer[];
  /** What the configuration says of each that is served. */
  readonly configured: readonly ConfiguredProvider[];
}

interface FoundModels {
  readonly models: readonly ModelEntry[];
  /** Null: it has a list that was not read to its end. */
  readonly has: KnownOffer['has'] | null;
}

/**
 * A maker's dates hold for what is asked of the maker, by whatever way; a server of this machine plays whom it is told
 * to.
 */
const isMakers = ({ baseUrl }: ProviderSettings): boolean => baseUrl === null || !isOnThisMachine(baseUrl);

const bareName = (name: string): string => name.replace(/:latest$/, '');

/** Of what is installed, what the configuration names; all where it names none. */
const namedOf = (
  { models: names }: ProviderSettings,
  installed: readonly ModelEntry[],
): readonly ModelEntry[] =>
  names.length === 0
    ? installed
    : installed.filter(({ providerModel }) =>
        names.some((name) => bareName(name) === bareName(providerModel)),
      );

/** What the configuration names of a hosted provider; what its kind ships is known by that, with its price. */
const namedModels = (settings: ProviderSettings): readonly ModelEntry[] => {
  const { name, kind, models } = settings;
  const keyName = registryKeyName(settings);
  const makers = shippedModels().filter(({ provider }) => provider === kind);
  return models.map((id) => {
    const unknown = unknownModel({ name, keyName, local: false }, id);
    const known = makers.find(({ providerModel }) => providerModel === id);
    return known ? { ...known, id: unknown.id, provider: name, keyName, researchSibling: null } : unknown;
  });
};

const modelsOf = async (settings: ProviderSettings, provider: Provider | undefined): Promise<FoundModels> => {
  const signal = AbortSignal.timeout(DISCOVERY_MS);
  const kind = PROVIDER_KINDS.find((one) => one.kind === settings.kind);
  const { name, baseUrl } = settings;
  const keyName = registryKeyName(settings);
  const shipped = (kind?.models ?? []).map((model) => ({ ...model, provider: name, keyName }));
  const listed =
    kind?.offersList && baseUrl
      ? await compatibleModels({ ...settings, keyName, baseUrl, readKey: readKeyOf(settings) }, signal)
      : null;
  const found = (await provider?.discover?.(signal).catch(() => null)) ?? null;
  const installed = found && namedOf(settings, found);
  const hosted = settings.kind !== 'ollama' && !kind?.offersList;
  const named = hosted && settings.models.length > 0 ? namedModels(settings) : null;
  const models = [...shipped, ...(listed ?? []), ...(installed ?? []), ...(named ?? [])];
  const isRead = (listed ?? installed ?? named) !== null && (listed?.length ?? 0) < MOST_LISTED;
  const ships = hosted && isMakers(settings);
  return { models, has: isRead ? 'listed' : ships ? 'shipped' : null };
};

/** A local server that was only guessed at, and has nothing to offer, is left out. */
const isAbsent = (settings: ProviderSettings, models: readonly ModelEntry[]): boolean =>
  settings.origin === 'default' && models.length === 0;

const offersOf = (
  wanted: readonly ProviderSettings[],
  found: readonly FoundModels[],
): Pick<ServedProviders, 'discovered' | 'listed'> => ({
  discovered: found.flatMap(({ models }) => models),
  listed: wanted.flatMap(({ name: provider }, index) => {
    const has = found[index]?.has ?? null;
    return has === null ? [] : [{ provider, has }];
  }),
});

/** Every provider that can be called now, with what it turns out to have. */
export const serveProviders = async (config: Config): Promise<ServedProviders> => {
  const wanted = config.providers.filter(serves);
  const providers = new Map(createProviders({ hosted: wanted.map(toHosted) }));
  const found = await Promise.all(wanted.map((settings) => modelsOf(settings, providers.get(settings.name))));
  wanted.forEach((settings, index) => {
    if (isAbsent(settings, found[index]?.models ?? [])) providers.delete(settings.name);
  });
  const configured = wanted.map((settings) => {
    const { name: provider, free } = settings;
    return { provider, keyName: registryKeyName(settings), free };
  });
  return { providers, configured, ...offersOf(wanted, found) };
};

/** A server of one's own whose list may change while it is served. */
const listsItself = ({ kind, models }: ProviderSettings): boolean =>
  kind === 'ollama' ||
  (models.length === 0 && (PROVIDER_KINDS.find((one) => one.kind === kind)?.offersList ?? false));

/** What such servers list now, of those that are served; nothing is known of one that does not answer. */
export const listedNow = async (
  config: Config,
  providers: ReadonlyMap<string, Provider>,
): Promise<Pick<ServedProviders, 'discovered' | 'listed'>> => {
  const wanted = config.providers.filter((each) => providers.has(each.name) && listsItself(each));
  return offersOf(
    wanted,
    await Promise.all(wanted.map((settings) => modelsOf(settings, providers.get(settings.name)))),
  );
};
