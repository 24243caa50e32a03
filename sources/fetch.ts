// The one way sources reach the network: a guarded GET with limits on size, time, redirects and addresses,
// whose every failure is a SourceFailure.
import { Agent, type Dispatcher, request } from 'undici';
import { assertPublicHost, GUARD_CODE, publicLookup, type Resolve } from './address-guard';
import { SourceFailure, type SourceFailureKind } from './port';

export interface FetchOptions {
  /** Base URLs the operator configured: their origins may be private. Redirects elsewhere are checked again. */
  readonly operatorBases?: readonly string[];
  /** Sent as User-Agent; SEC EDGAR wants a contact address in it. */
  readonly userAgent?: string;
  /** Time for the whole of one request, redirects and body included. Default 8,000 ms. */
  readonly timeoutMs?: number;
  /** Time for name resolution and connecting: offline must be noticed quickly. Default 1,500 ms. */
  readonly connectTimeoutMs?: number;
  /** Largest body after decompression. Default 8 MB, far above any chart or feed. */
  readonly maxBytes?: number;
  /** Resolves names; the system's resolver by default. */
  readonly resolve?: Resolve;
}

export interface FetchRequest {
  /** Name of the source, for failures. */
  readonly source: string;
  readonly url: string;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  /** Overrides the size limit for one kind of answer. */
  readonly maxBytes?: number;
  /** Statuses besides 2xx that the caller reads itself. */
  readonly accept?: readonly number[];
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Address after redirects. */
  readonly url: string;
}

export interface GuardedFetch {
  /** @throws SourceFailure, or the signal's reason when the caller gave up. */
  text(request: FetchRequest): Promise<FetchResponse>;
  /** Parses the body as JSON. @throws SourceFailure `malformed` when it is none. */
  json(request: FetchRequest): Promise<unknown>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 3;
const DEFAULT_USER_AGENT = 'Mozilla/5.0 (compatible; Conclave/0.1)';

const originOf = (url: string): string => new URL(url).origin;

const KIND_OF_STATUS: Readonly<Record<number, SourceFailureKind>> = {
  401: 'refused',
  403: 'refused',
  404: 'not_found',
  410: 'not_found',
  429: 'rate_limited',
};

/** Kind of an HTTP status that is not a success. */
export const kindOfStatus = (status: number): SourceFailureKind =>
  KIND_OF_STATUS[status] ?? (status >= 500 ? 'unreachable' : 'refused');

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code ?? cause?.code ?? '';
};

/** Nobody is there to ask: another try says the same. All else may be one hiccup. */
const NOBODY_THERE: readonly string[] = [
  'ENOTFOUND',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
];

const networkFailure = (source: string, url: string, error: unknown): SourceFailure => {
  const code = codeOf(error);
  const host = new URL(url).host;
  if (code === GUARD_CODE) {
    return new SourceFailure(
      source,
      'refused',
      `${host} is not a public address; only a base URL from the configuration may be private`,
    );
  }
  const name = error instanceof Error ? error.name : '';
  const why = name === 'TimeoutError' ? 'no answer in time' : code || name || 'network error';
  return new SourceFailure(
    source,
    'unreachable',
    `${host} cannot be reached (${why})`,
    true,
    !NOBODY_THERE.includes(code),
  );
};

const readBody = async (
  source: string,
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new SourceFailure(source, 'refused', `the answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

interface Hop {
  readonly request: FetchRequest;
  readonly url: string;
  /** The address that redirected here; null for the first. */
  readonly from: URL | null;
  readonly left: number;
  readonly signal: AbortSignal;
}

/** Anything longer is no address that a feed or an exchange would give. */
const MAX_URL_CHARS = 4_096;

/** @throws SourceFailure unless `url` is http or https, without credentials; a redirect may not leave https. */
const checkUrl = (source: string, url: string, from: URL | null): URL => {
  const parsed =
    url.length <= MAX_URL_CHARS && URL.canParse(url, from?.href) ? new URL(url, from?.href) : null;
  const plain = parsed !== null && /^https?:$/.test(parsed.protocol);
  if (!plain || parsed.username !== '' || parsed.password !== '') {
    throw new SourceFailure(source, 'refused', 'an address is not a plain http or https URL');
  }
  if (from?.protocol === 'https:' && parsed.protocol === 'http:') {
    throw new SourceFailure(source, 'refused', `${from.host} redirects from https to http`);
  }
  return parsed;
};

/** Ports of the web; any other on a host that the operator did not name is a way into something else. */
const WEB_PORTS: readonly string[] = ['', '80', '443', '8080', '8443'];

/** @throws SourceFailure or Error with code GUARD_CODE when `url` leads anywhere but to the public web. */
const assertPublicWeb = (source: string, url: URL): void => {
  assertPublicHost(url.hostname);
  if (!WEB_PORTS.includes(url.port)) {
    throw new SourceFailure(source, 'refused', `${url.host} is not at a port of the web`);
  }
};

/** A cookie or key meant for one origin is not carried to another. */
const headersFor = ({ request: asked, from }: Hop, url: URL): Readonly<Record<string, string>> =>
  from === null || from.origin === url.origin ? (asked.headers ?? {}) : {};

/** Creates the guarded fetch; one for all sources of a process, so that connections are shared. */
export const createGuardedFetch = (options: FetchOptions = {}): GuardedFetch => {
  const timeoutMs = options.timeoutMs ?? 8_000;
  const maxBytes = options.maxBytes ?? 8_000_000;
  const connectTimeout = options.connectTimeoutMs ?? 1_500;
  const trusted = new Set((options.operatorBases ?? []).map(originOf));
  const direct = new Agent({ connect: { timeout: connectTimeout }, connections: 8 });
  const guarded = new Agent({
    connect: { timeout: connectTimeout, lookup: publicLookup(options.resolve) },
    connections: 8,
  });

  const send = async (hop: Hop): Promise<FetchResponse> => {
    const { request: asked, signal, from } = hop;
    const url = checkUrl(asked.source, hop.url, from);
    // A stranger may not redirect into the operator's network, not even to a base that the operator configured.
    const isTrusted = trusted.has(url.origin) && (from === null || from.origin === url.origin);
    if (!isTrusted) assertPublicWeb(asked.source, url);
    const answer = await request(url, {
      dispatcher: isTrusted ? direct : guarded,
      signal,
      headers: {
        'user-agent': asked.userAgent ?? options.userAgent ?? DEFAULT_USER_AGENT,
        'accept-encoding': 'identity',
        ...headersFor(hop, url),
      },
    });
    const location = answer.headers.location;
    if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
      await answer.body.dump();
      if (hop.left === 0) throw new SourceFailure(asked.source, 'refused', 'too many redirects');
      return send({ ...hop, url: location, from: url, left: hop.left - 1 });
    }
    const ok =
      (answer.statusCode >= 200 && answer.statusCode < 300) || asked.accept?.includes(answer.statusCode);
    if (!ok) {
      await answer.body.dump();
      throw new SourceFailure(
        asked.source,
        kindOfStatus(answer.statusCode),
        `${url.host} answered ${answer.statusCode}`,
      );
    }
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: await readBody(asked.source, answer.body, asked.maxBytes ?? maxBytes),
      url: url.href,
    };
  };

  const text = async (asked: FetchRequest): Promise<FetchResponse> => {
    asked.signal.throwIfAborted();
    // Not `AbortSignal.timeout`: joined with another, Node 20 may collect it as garbage before it fires.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException('too slow', 'TimeoutError')), timeoutMs);
    const signal = AbortSignal.any([asked.signal, limit.signal]);
    try {
      return await send({ request: asked, url: asked.url, from: null, left: MAX_REDIRECTS, signal });
    } catch (error) {
      asked.signal.throwIfAborted();
      throw error instanceof SourceFailure ? error : networkFailure(asked.source, asked.url, error);
    } finally {
      clearTimeout(timer);
    }
  };

  const json = async (asked: FetchRequest): Promise<unknown> => {
    const { text: body } = await text(asked);
    try {
      return JSON.parse(body) as unknown;
    } catch {
      throw new SourceFailure(
        asked.source,
        'malformed',
        `${new URL(asked.url).host} answered with something that is not JSON`,
      );
    }
  };

  const close = async (): Promise<void> => {
    await Promise.all([direct.close(), guarded.close()]);
  };
  return { text, json, close };
};
