// What `conclave doctor` says of a provider: whether its key is there, and for a server without a key, which
// listing its models costs nothing, whether it answers and has any.
import type { ProviderSettings } from '../config/provider-settings';
import type { Check } from './diagnosis';

const ANSWER_TIMEOUT_MS = 3_000;

const listPath = ({ kind }: ProviderSettings): string => (kind === 'ollama' ? '/api/tags' : '/models');

/** The number of models that it lists, or what is wrong. */
const askServer = async (provider: ProviderSettings, baseUrl: string): Promise<number | string> => {
  const url = `${baseUrl.replace(/\/$/, '')}${listPath(provider)}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS), redirect: 'error' });
    if (!response.ok) return `${url} answers with status ${response.status}`;
    const body = (await response.json()) as { readonly data?: unknown; readonly models?: unknown } | null;
    const models = provider.kind === 'ollama' ? body?.models : body?.data;
    return Array.isArray(models) && models.length > 0 ? models.length : `${url} lists no models`;
  } catch {
    return `${url} does not answer`;
  }
};

const checkServer = async (provider: ProviderSettings, name: string, baseUrl: string): Promise<Check> => {
  const said = await askServer(provider, baseUrl);
  if (typeof said === 'number')
    return { name, ok: true, detail: `${baseUrl}, needs no key, ${said} models`, fix: null };
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

/** Asks no provider that would need a key. */
export const checkProvider = async (provider: ProviderSettings): Promise<Check> => {
  const name = `provider ${provider.name}`;
  if (!provider.enabled) return { name, ok: true, detail: 'switched off', fix: null };
  const where = provider.baseUrl ?? 'its own address';
  if (provider.keyName === null)
    return provider.baseUrl === null
      ? { name, ok: true, detail: `${where}, needs no key`, fix: null }
      : checkServer(provider, name, provider.baseUrl);
  if (provider.hasKey) return { name, ok: true, detail: `${where}, key in ${provider.keyName}`, fix: null };
  return {
    name,
    ok: false,
    detail: `no key: ${provider.keyName} is not set`,
    fix: `Set ${provider.keyName}, or remove this provider from the configuration.`,
  };
};
