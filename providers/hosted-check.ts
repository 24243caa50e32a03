// A free look whether a hosted provider answers at all: its list of models, whose content is not even read. It
// finds a recovery that no call would, because a mode keeps calls away.
import type { ProviderCheck } from './port';
import { lookAt } from './proxies';

export interface HostedCheckOptions {
  readonly baseURL: string;
  /** Below the base address; `/models` where nothing is said. */
  readonly path?: string;
  readonly readKey: () => string | null;
  /** How this kind wants its key. */
  readonly headers: (key: string) => Readonly<Record<string, string>>;
}

/** The status of one free request with the key. @throws where there is no answer */
export const hostedStatus = async (
  { baseURL, path = '/models', readKey, headers }: HostedCheckOptions,
  signal: AbortSignal,
): Promise<number> => {
  const key = readKey()?.trim() ?? '';
  const usable = /^[\x21-\x7e]+$/.test(key);
  const response = await lookAt(`${baseURL.replace(/\/+$/, '')}${path}`, {
    signal,
    redirect: 'manual',
    headers: usable ? headers(key) : {},
  });
  await response.body?.cancel();
  return response.status;
};

/**
 * Any status below 500 is a server that works: a refused key is `auth` at the next call, not an outage. Never
 * throws, and says nothing of what the server wrote.
 */
export const createHostedCheck =
  (options: HostedCheckOptions) =>
  async (signal: AbortSignal): Promise<ProviderCheck> => {
    const startedAt = performance.now();
    const status = await hostedStatus(options, signal).catch(() => null);
    return {
      ok: status !== null && status < 500,
      detail: status === null ? 'no answer' : `HTTP ${status}`,
      latencyMs: Math.round(performance.now() - startedAt),
    };
  };
