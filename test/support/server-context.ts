// What the API is made from where no server runs behind it: whoever gets past the checks of the input fails.
import type { ServerContext } from '../../server/context';

const unreachable = (): never => {
  throw new Error('reached behind the checks');
};

export const serverContextWithoutStores = (more: Partial<ServerContext> = {}): ServerContext =>
  ({
    client: {
      stores: new Proxy({ apiTokens: { any: async () => false } } as Record<string, unknown>, {
        get: (stores, name: string) => stores[name] ?? unreachable(),
      }),
    },
    workers: { assertPresent: async () => undefined },
    allowedHosts: new Set(['localhost']),
    codecOrigins: new Set<string>(),
    loopback: true,
    keysPresent: new Set<string>(),
    metrics: { observe: () => undefined },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    analystFolders: [],
    pricesFolder: null,
    ...more,
  }) as unknown as ServerContext;
