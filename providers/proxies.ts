// Networks on which hosted providers are reached through a proxy alone, as the usual variables say. What is on this
// machine never goes through one.
type Environment = Readonly<Record<string, string | undefined>>;

const HERE = ['localhost', '127.0.0.1', '[::1]'];

const textOf = (env: Environment, name: string): string =>
  (env[name.toLowerCase()] ?? env[name] ?? '').trim();

/** The hosts that are reached without a proxy, in the form of NO_PROXY; null: all of them are. */
export const hostsWithoutProxy = (env: Environment = process.env): string | null => {
  const isSet = ['HTTPS_PROXY', 'HTTP_PROXY'].some((name) => textOf(env, name) !== '');
  const without = textOf(env, 'NO_PROXY');
  return !isSet || without === '*' ? null : [without, ...HERE].filter(Boolean).join(',');
};

/** All that decides by which way a provider is reached; addresses of proxies may hold a password. */
export const wayOut = (env: Environment): string =>
  JSON.stringify(['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].map((name) => textOf(env, name)));

/** A free look at a configured address, by the way that calls go. */
export const lookAt: typeof fetch = async (address, init) => {
  if (hostsWithoutProxy() === null) return fetch(address, init);
  const { createAgent } = require('./exchange') as typeof import('./exchange');
  const undici = await import('undici');
  const request = { ...init, dispatcher: createAgent() } as import('undici').RequestInit;
  return (await undici.fetch(String(address), request)) as unknown as Response;
};
