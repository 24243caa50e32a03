// How every process of Conclave reaches its Temporal server.

export interface TemporalPlace {
  /** `host:port`. */
  readonly address: string;
  /** Encrypts the connection; always with an API key. */
  readonly tls?: boolean | undefined;
  readonly apiKey?: string | null | undefined;
}

const ON_THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\]):\d+$/i;

/** What is on this machine is never reached through a proxy, whatever `https_proxy` and its like say. */
const WITHOUT_PROXY = { channelArgs: { 'grpc.enable_http_proxy': 0 } };

/** Options of the SDK's `NativeConnection`, which asks no proxy. */
export const nativeConnection = ({ address, tls, apiKey }: TemporalPlace) => ({
  address,
  ...(tls || apiKey ? { tls: true } : {}),
  ...(apiKey ? { apiKey } : {}),
});

/** Options of the SDK's `Connection`. */
export const temporalConnection = (place: TemporalPlace) => ({
  ...nativeConnection(place),
  ...(ON_THIS_MACHINE.test(place.address) ? WITHOUT_PROXY : {}),
});
