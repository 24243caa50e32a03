// What `conclave doctor` says of a provider: whether its key is there and taken, and for a server without a key,
// which listing its models costs nothing, whether it answers and has any.
import type { ProviderSettings } from '../config/provider-settings';
import { readSecret } from '../config/secrets';
import { costsNothing } from '../providers/compatible-models';
import { PROVIDER_KINDS } from '../providers/kind-list';
import { lookAt } from '../providers/proxies';
import type { Check } from './diagnosis';

const ANSWER_TIMEOUT_MS = 3_000;

const listPath = ({ kind }: ProviderSettings): string => (kind === 'ollama' ? '/api/tags' : '/models');

/** The number of models that it lists, or what is wrong. */
const askServer = async (provider: ProviderSettings, baseUrl: string): Promise<number | string> => {
  const url = `${baseUrl.replace(/\/$/, '')}${listPath(provider)}`;
  try {
    const response = await lookAt(url, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: 'manual',
    });
    if (!response.ok) return `${url} answers with status ${response.status}`;
    const body = (await response.json()) as { readonly data?: unknown; readonly models?: unknown } | null;
    const models = provider.kind === 'ollama' ? body?.models : body?.data;
    return Array.isArray(models) && models.length > 0 ? models.length : `${url} lists no models`;
  } catch {
    return `${url} does not answer`;
  }
};

/** Models elsewhere than on this machine are called at a known price only. */
const priceNote = ({ name, kind, baseUrl, free }: ProviderSettings): string =>
  kind !== 'openai-compatible' || baseUrl === null || costsNothing({ baseUrl, free })
    ? ''
    : `; each is asked once it has a price (conclave models edit ${name}/MODEL --price-in 0 --price-out 0), or with "free: true" in the configuration`;

const checkServer = async (provider: ProviderSettings, name: string, baseUrl: string): Promise<Check> => {
  const said = await askServer(provider, baseUrl);
  if (typeof said === 'number')
    return {
      ...{ name, ok: true, fix: null },
      detail: `${baseUrl}, needs no key, ${said} models${priceNote(provider)}`,
    };
  // One that was only guessed at is no fault when it is absent.
  if (provider.origin === 'default')
    return { name, ok: true, detail: `${baseUrl}, used where it answers; it does not now`, fix: null };
  if (provider.models.length > 0 && !said.endsWith('does not answer'))
    return { name, ok: true, detail: `${baseUrl}, needs no key, models by name`, fix: null };
  const fix =
    provider.kind === 'ollama'
      ? 'Start Ollama and pull a model, or correct OLLAMA_HOST.'
      : 'Start the server, or correct its address, which mostly ends in /v1; where it lists no models, name them in CONCLAVE_OPENAI_COMPATIBLE_MODELS.';
  return { name, ok: false, detail: said, fix };
};

/** Some say "bad request" to a key that is none of theirs. */
const KEY_REFUSED: ReadonlySet<number> = new Set([400, 401, 403]);

/** The status of a free request, what else came of it, or null where the kind has no such request. */
const askWithKey = async (
  { name, kind, baseUrl }: ProviderSettings,
  readKey: () => string | null,
): Promise<number | 'no answer' | null> => {
  const keyStatus = PROVIDER_KINDS.find((each) => each.kind === kind)?.keyStatus;
  if (!keyStatus) return null;
  const connection = { name, readKey, ...(baseUrl === null ? {} : { baseUrl }) };
  return keyStatus(connection, AbortSignal.timeout(ANSWER_TIMEOUT_MS)).catch(() => 'no answer' as const);
};

const checkKey = async (
  provider: ProviderSettings,
  keyName: string,
  env: NodeJS.ProcessEnv,
): Promise<Check> => {
  const name = `provider ${provider.name}`;
  const where = provider.baseUrl ?? 'its own address';
  const said = await askWithKey(provider, () => readSecret(keyName, env));
  if (said === null) return { name, ok: true, detail: `${where}, key in ${keyName}, not tried`, fix: null };
  if (typeof said === 'number' && KEY_REFUSED.has(said))
    return {
      name,
      ok: false,
      detail: `${where} refuses the key in ${keyName} (status ${said})`,
      fix: `Correct ${keyName}.`,
    };
  if (typeof said === 'number' && said < 300)
    return {
      ...{ name, ok: true, fix: null },
      detail: `${where}, key in ${keyName} is accepted${priceNote(provider)}`,
    };
  const came = said === 'no answer' ? `no answer within ${ANSWER_TIMEOUT_MS / 1_000} s` : `status ${said}`;
  return {
    name,
    ok: true,
    detail: `${where}, key in ${keyName} could not be tried: ${came}`,
    fix: 'Look at the network and at its address; calls are tried again and fail over meanwhile.',
  };
};

/** One free request at most, with its key where it needs one; the key is never shown. */
export const checkProvider = async (
  provider: ProviderSettings,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Check> => {
  const name = `provider ${provider.name}`;
  if (!provider.enabled) return { name, ok: true, detail: 'switched off', fix: null };
  if (provider.keyName === null)
    return provider.baseUrl === null
      ? { name, ok: true, detail: 'its own address, needs no key', fix: null }
      : checkServer(provider, name, provider.baseUrl);
  if (provider.hasKey) return checkKey(provider, provider.keyName, env);
  return {
    name,
    ok: false,
    detail: `no key: ${provider.keyName} is not set`,
    fix: `Set ${provider.keyName}, or remove this provider from the configuration.`,
  };
};
