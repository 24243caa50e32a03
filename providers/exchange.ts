// One request and its whole reply, under a total deadline and a size cap. Everything above reads the reply
// from here, so that no library's own retries, redirects or streaming can stretch time, size or money.
import { Agent, type Dispatcher, EnvHttpProxyAgent, request as send } from 'undici';
import { classifyReply, classifyTransport, isGoodReply, type WireReply } from './classify';
import { ProviderFailure } from './port';
import { hostsWithoutProxy } from './proxies';
import { readUsage } from './usage';

/** No answer form comes near this; a larger reply is a fault and must not fill memory. */
const MAX_REPLY_BYTES = 2 * 1024 * 1024;

/** A provider that has not accepted a connection by then is down, whatever the call's own deadline. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface ExchangeOptions {
  readonly agent: Dispatcher;
  /** Total time from now to the last byte. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Sent with every request of this exchange. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface WireRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Exchange {
  /** Sends once; a second sending in the same exchange is refused. @throws ProviderFailure */
  readonly send: (request: WireRequest) => Promise<WireReply>;
  /** `send` in the form of fetch, for libraries. */
  readonly fetch: typeof globalThis.fetch;
  /** The failure that ended the exchange, or null. */
  readonly failure: () => ProviderFailure | null;
  readonly reply: () => WireReply | null;
  readonly elapsedMs: () => number;
  /** Stops the deadline's timer. */
  readonly end: () => void;
}

/** An agent of its own per provider, so that one provider's hanging sockets never hold up another's. */
export const createAgent = (): Dispatcher => {
  const connect = { timeout: CONNECT_TIMEOUT_MS };
  // Header and body time-outs of the library are off: the total deadline is the only clock.
  const options = { connect, headersTimeout: 0, bodyTimeout: 0 };
  const noProxy = hostsWithoutProxy();
  return noProxy === null
    ? new Agent(options)
    : new EnvHttpProxyAgent({ ...options, noProxy, requestTls: connect, proxyTls: connect });
};

const readWhole = async (body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_REPLY_BYTES) {
      body.destroy();
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const headerReader =
  (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  (name: string): string | null => {
    const value = headers[name.toLowerCase()];
    return (Array.isArray(value) ? value[0] : value) ?? null;
  };

/** Keys hold what people name things; a header of other than printable ASCII would refuse the whole request. */
const printable = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replace(/[^\x20-\x7e]/gu, (character) => `%${character.codePointAt(0)!.toString(16)}`),
    ]),
  );

const sendOnce = async (
  request: WireRequest,
  options: ExchangeOptions,
  signal: AbortSignal,
  clock: () => number,
) => {
  const reply = await send(request.url, {
    method: request.method,
    headers: { ...request.headers, ...printable(options.headers), 'accept-encoding': 'identity' },
    body: request.body,
    dispatcher: options.agent,
    signal,
  });
  const body = await readWhole(reply.body);
  if (body === null)
    throw new ProviderFailure('malformed', `the reply is larger than ${MAX_REPLY_BYTES} bytes`, {
      status: reply.statusCode,
      sent: true,
      latencyMs: clock(),
    });
  return { status: reply.statusCode, header: headerReader(reply.headers), body, latencyMs: clock() };
};

/** Opens an exchange whose deadline runs from now. */
export const openExchange = (options: ExchangeOptions): Exchange => {
  const startedAt = performance.now();
  const clock = (): number => Math.round(performance.now() - startedAt);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.deadlineMs);
  const signal = AbortSignal.any([options.signal, deadline.signal]);
  let failure: ProviderFailure | null = null;
  let reply: WireReply | null = null;
  let used = false;
  const failed = (error: unknown): ProviderFailure => {
    if (error instanceof ProviderFailure) return error;
    const latencyMs = clock();
    if (deadline.signal.aborted)
      return new ProviderFailure('timed_out', `no complete reply within ${options.deadlineMs} ms`, {
        sent: true,
        latencyMs,
      });
    if (options.signal.aborted)
      return new ProviderFailure('timed_out', 'cancelled', { sent: used, latencyMs });
    return classifyTransport(error, latencyMs);
  };
  const sendOut = async (request: WireRequest): Promise<WireReply> => {
    try {
      if (used) throw new ProviderFailure('bad_request', 'a second sending was refused', { sent: true });
      if (signal.aborted)
        throw new ProviderFailure('timed_out', 'cancelled', { sent: false, latencyMs: clock() });
      used = true;
      reply = await sendOnce(request, options, signal, clock);
      if (!isGoodReply(reply)) throw classifyReply(reply, Date.now());
      return reply;
    } catch (error) {
      failure ??= failed(error);
      throw failure;
    }
  };
  return {
    send: sendOut,
    fetch: async (input, init) => {
      const { status, header, body } = await sendOut({
        url: String(input),
        method: init?.method === 'GET' ? 'GET' : 'POST',
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : null,
      });
      return new Response(body, {
        status,
        headers: { 'content-type': header('content-type') ?? 'application/json' },
      });
    },
    failure: () => failure,
    reply: () => reply,
    elapsedMs: clock,
    end: () => clearTimeout(timer),
  };
};

/** Failure of an answer that came but cannot be used; keeps the usage that was billed for it. */
export const malformed = (problem: string, exchange: Exchange): ProviderFailure => {
  const reply = exchange.reply();
  const usage = reply ? readUsage(reply.body) : null;
  return new ProviderFailure('malformed', problem, {
    sent: true,
    latencyMs: exchange.elapsedMs(),
    ...(reply ? { status: reply.status } : {}),
    ...(usage ? { usage } : {}),
  });
};

/** Failure of an answer for which the room was too small. */
export const cutAnswer = (exchange: Exchange): ProviderFailure => {
  const { kind, message, details } = malformed('the answer was cut at the output limit', exchange);
  return new ProviderFailure(kind, message, { ...details, cut: true });
};
