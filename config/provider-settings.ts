// Which providers may be used: those of the file, and those whose variables are set. One variable is enough
// for a hosted provider (its key) and for a local OpenAI-compatible server (its address).

import { PROVIDER_KINDS } from '../providers/kind-list';
import type { ConfigProblem } from './config-error';
import type { ProviderFileEntry } from './schema';
import { providerUrl } from './schema';
import { hasSecret, sharedSecretName } from './secrets';

export interface ProviderSettings {
  readonly name: string;
  /** One of the files of providers/kinds/. */
  readonly kind: string;
  /** Null: the provider's own address. */
  readonly baseUrl: string | null;
  /** Name for `readSecret`; null where no key is needed. */
  readonly keyName: string | null;
  /** The provider's names of the models to offer, and no others; empty: the shipped ones, or what the server lists. */
  readonly models: readonly string[];
  /** At most, over all workers together; null: as many as are asked for. */
  readonly callsPerSecond: number | null;
  /** How long one call may take; null: 90 s, on this machine 600 s. */
  readonly callDeadlineSeconds: number | null;
  /** Calls under way at most in one worker process; null: 400, of Ollama 2. */
  readonly atOnce: number | null;
  /** Whether calls of a server of one's own cost nothing; null: they do on this machine, and nowhere else. */
  readonly free: boolean | null;
  readonly enabled: boolean;
  /** Whether the key, where one is needed, is there. */
  readonly hasKey: boolean;
  /** `file`, `environment`, or `default` (a local Ollama at its usual address, used where it answers). */
  readonly origin: 'file' | 'environment' | 'default';
}

/** Of a provider that no entry of the file says more about. */
const AS_USUAL = {
  callsPerSecond: null,
  callDeadlineSeconds: null,
  atOnce: null,
  free: null,
} as const;

interface KnownProvider {
  readonly name: string;
  readonly kind: string;
  readonly keyName: string;
  /** Null: its address cannot be set by a variable. */
  readonly urlName: string | null;
}

/** Kinds that one variable is enough for: the maker's own name for its key. */
const KNOWN_PROVIDERS: readonly KnownProvider[] = PROVIDER_KINDS.flatMap(({ kind, keyName, urlName }) =>
  keyName === null ? [] : [{ name: kind, kind, keyName, urlName }],
);

const addressIn = (env: NodeJS.ProcessEnv, urlName: string | null): string | null =>
  (urlName !== null && env[urlName]?.trim()) || null;

const OLLAMA_DEFAULT = 'http://127.0.0.1:11434';
const COMPATIBLE_URL = 'CONCLAVE_OPENAI_COMPATIBLE_URL';
const COMPATIBLE_KEY = 'CONCLAVE_OPENAI_COMPATIBLE_KEY';
const COMPATIBLE_MODELS = 'CONCLAVE_OPENAI_COMPATIBLE_MODELS';

const commaList = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

/** Several colons and no brackets: an address of IPv6, and no port. */
const BARE_IPV6 = /^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*$/i;

/**
 * Ollama's own reading of `host`, `host:port`, `:port` and addresses: its usual port where there is no scheme, the
 * scheme's where there is one. 0.0.0.0 and [::] are where it listens, not where it is.
 */
const ollamaUrl = (text: string): string => {
  const [, scheme, place = '', path = ''] = /^(?:(https?):\/\/)?([^/]*)(.*)$/i.exec(text) ?? [];
  const [, host = place, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(place) ?? [];
  const named = BARE_IPV6.test(host) ? `[${host}]` : host || '127.0.0.1';
  const there = named.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^\[::\]$/, '[::1]');
  const end = port ?? (scheme === undefined ? '11434' : null);
  return `${scheme ?? 'http'}://${there}${end === null ? '' : `:${end}`}${path.replace(/\/+$/, '')}`;
};

/** OpenAI's own address, or one of its regions: asked in OpenAI's newer form, with the models of the shipped list. */
const isOpenAiItself = (address: string): boolean =>
  URL.canParse(address) && /(^|\.)openai\.com$/.test(new URL(address).hostname);

const fromEnvironment = (env: NodeJS.ProcessEnv): readonly ProviderSettings[] => {
  const hosted = KNOWN_PROVIDERS.flatMap((provider): ProviderSettings[] => {
    const baseUrl = addressIn(env, provider.urlName);
    const hasKey = hasSecret(provider.keyName, env);
    if (!hasKey && baseUrl === null) return [];
    // Another server that speaks the OpenAI form: a local one, which mostly wants no key, or a gateway.
    const isCompatible = provider.kind === 'openai' && baseUrl !== null && !isOpenAiItself(baseUrl);
    return [
      {
        name: provider.name,
        kind: isCompatible ? 'openai-compatible' : provider.kind,
        baseUrl,
        keyName: isCompatible && !hasKey ? null : provider.keyName,
        models: [],
        ...AS_USUAL,
        enabled: true,
        hasKey,
        origin: 'environment',
      },
    ];
  });
  const compatible = env[COMPATIBLE_URL]?.trim();
  if (!compatible) return hosted;
  const keyName = hasSecret(COMPATIBLE_KEY, env) ? COMPATIBLE_KEY : null;
  return [
    ...hosted,
    {
      name: 'local',
      kind: 'openai-compatible',
      baseUrl: compatible,
      keyName,
      models: commaList(env[COMPATIBLE_MODELS]),
      ...AS_USUAL,
      enabled: true,
      hasKey: keyName !== null,
      origin: 'environment',
    },
  ];
};

const ollama = (env: NodeJS.ProcessEnv): ProviderSettings => {
  const host = env.OLLAMA_HOST?.trim();
  return {
    name: 'ollama',
    kind: 'ollama',
    baseUrl: host ? ollamaUrl(host) : OLLAMA_DEFAULT,
    keyName: null,
    models: [],
    ...AS_USUAL,
    enabled: true,
    hasKey: false,
    origin: host ? 'environment' : 'default',
  };
};

const fromFile = (entry: ProviderFileEntry, env: NodeJS.ProcessEnv): ProviderSettings => {
  const usual = KNOWN_PROVIDERS.find(({ kind }) => kind === entry.kind);
  const keyName = entry.keyName ?? usual?.keyName ?? null;
  const baseUrl = entry.baseUrl ?? (usual ? addressIn(env, usual.urlName) : null);
  return {
    name: entry.name,
    kind: entry.kind,
    baseUrl: baseUrl ?? (entry.kind === 'ollama' ? ollama(env).baseUrl : null),
    keyName,
    models: entry.models,
    callsPerSecond: entry.callsPerSecond ?? null,
    callDeadlineSeconds: entry.callDeadlineSeconds ?? null,
    atOnce: entry.atOnce ?? null,
    free: entry.free ?? null,
    enabled: entry.enabled,
    hasKey: keyName !== null && hasSecret(keyName, env),
    origin: 'file',
  };
};

/** The providers of file and environment; an entry of the file replaces the environment's of the same name. */
export const providerSettings = (
  entries: readonly ProviderFileEntry[],
  env: NodeJS.ProcessEnv,
): readonly ProviderSettings[] => {
  const named = entries.map((entry) => fromFile(entry, env));
  const detected = [...fromEnvironment(env), ollama(env)];
  return [...named, ...detected.filter(({ name }) => !named.some((other) => other.name === name))];
};

/** Whether it can be called: switched on, with its key where it needs one. */
export const isCallable = ({ enabled, hasKey, keyName }: ProviderSettings): boolean =>
  enabled && (hasKey || keyName === null);

/** A provider's key as the registry's entries name it; null where none is needed. */
export const registryKeyName = ({
  name,
  keyName,
}: Pick<ProviderSettings, 'name' | 'keyName'>): string | null =>
  keyName === null ? null : sharedSecretName(keyName, name);

/**
 * Names of the keys that are there, as registry entries name them: a file by its path and by its provider, and for a
 * provider under its maker's name the maker's usual variable too, which the shipped entries name wherever its key is
 * kept.
 */
export const keyNamesPresent = (providers: readonly ProviderSettings[]): ReadonlySet<string> =>
  new Set(
    providers
      .flatMap(({ name, hasKey, keyName }) =>
        hasKey
          ? [
              keyName,
              registryKeyName({ name, keyName }),
              KNOWN_PROVIDERS.find((each) => each.name === name)?.keyName ?? null,
            ]
          : [],
      )
      .flatMap((each) => each ?? []),
  );

/** What workers with these settings can call, as far as it can be told without asking the servers. */
export const modelAccess = (providers: readonly ProviderSettings[]) => ({
  providers: new Set(providers.filter(isCallable).map(({ name }) => name)),
  keysPresent: keyNamesPresent(providers),
});

const MARKING_KINDS: readonly string[] = PROVIDER_KINDS.flatMap(({ kind, marksCache }) =>
  marksCache ? [kind] : [],
);

/** Names of providers that cache what is marked, and bill the writing; those not set up are known by their kind. */
export const cacheMarkers = (providers: readonly ProviderSettings[]): ReadonlySet<string> => {
  const setUp = new Set(providers.map(({ name }) => name));
  return new Set([
    ...providers.flatMap(({ name, kind }) => (MARKING_KINDS.includes(kind) ? [name] : [])),
    ...MARKING_KINDS.filter((kind) => !setUp.has(kind)),
  ]);
};

/** Names of what was asked for and can be called, sorted; a local server that was only guessed at is left out. */
export const askedFor = (providers: readonly ProviderSettings[]): readonly string[] =>
  providers.flatMap((each) => (each.origin !== 'default' && isCallable(each) ? [each.name] : [])).sort();

/** Makers that one variable would be enough for, and that neither file nor environment names. */
export const notSetUp = (
  providers: readonly ProviderSettings[],
): readonly { readonly name: string; readonly keyName: string }[] =>
  KNOWN_PROVIDERS.filter(({ kind, name }) =>
    providers.every((each) => each.name !== name && each.kind !== kind),
  ).map(({ name, keyName }) => ({ name, keyName }));

/** Base addresses in variables that are not addresses. */
export const environmentProviderProblems = (env: NodeJS.ProcessEnv): readonly ConfigProblem[] =>
  [...KNOWN_PROVIDERS.flatMap(({ urlName }) => urlName ?? []), COMPATIBLE_URL].flatMap((name) => {
    const value = env[name]?.trim();
    const result = value ? providerUrl.safeParse(value) : null;
    if (result === null || result.success) return [];
    return [
      {
        where: `environment variable ${name}`,
        setting: '',
        message: result.error.issues[0]?.message ?? 'is not valid',
      },
    ];
  });
