// A provider server over real HTTP on loopback: speaks OpenAI chat and responses, Anthropic messages and
// Ollama, delays and misbehaves on request, and keeps its own log of calls as the independent bill.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import shipped from '../../../data/models.json';
import { type ServerState, sendJson, serveCall, setBehaviour } from './call-handler';
import { type CallRecord, createCallLog } from './call-log';
import { type Behaviour, DEFAULT_BEHAVIOUR } from './faults';
import { type Api, readWireCall, type WireCall } from './wire-formats';

export interface ProviderServerOptions {
  /** 0 picks a free one. */
  readonly port?: number;
  /** Call log file; null or absent keeps it in memory. */
  readonly logFile?: string | null;
  readonly behaviour?: Partial<Behaviour>;
  /** Answers by itself; null leaves the call to the generated answers. */
  readonly respond?: (call: WireCall) => unknown;
}

export interface ProviderServer {
  /** `http://127.0.0.1:<port>`; base URLs are this plus `/v1` (OpenAI, Anthropic), or itself (Ollama). */
  readonly url: string;
  readonly port: number;
  /** Base URL of a provider of that name: `<url>/p/<name>`; the log and fault rules tell them apart. */
  readonly as: (provider: string) => string;
  readonly set: (changes: Partial<Behaviour>) => void;
  readonly calls: () => readonly CallRecord[];
  /** Resolves when so many calls have arrived. */
  readonly waitForCalls: (count: number) => Promise<void>;
  /** Resolves with the next call that ends. */
  readonly nextEnd: () => Promise<CallRecord>;
  readonly clear: () => void;
  readonly close: () => Promise<void>;
}

const PATHS: readonly (readonly [RegExp, Api])[] = [
  [/\/chat\/completions$/, 'chat'],
  [/\/responses$/, 'responses'],
  [/\/messages$/, 'messages'],
  [/\/api\/chat$/, 'ollama'],
];

/** Long enough that no client of a test sees its pooled connection close under it. */
const KEEP_ALIVE_MS = 60_000;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const changeBehaviour = (state: ServerState, body: string, response: ServerResponse): void => {
  try {
    if (body !== '') setBehaviour(state, JSON.parse(body) as Partial<Behaviour>);
    sendJson(response, 200, state.behaviour);
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : 'not JSON' });
  }
};

const serveAdmin = (state: ServerState, path: string, body: string, response: ServerResponse): void => {
  if (path === '/admin/calls') sendJson(response, 200, state.log.all());
  else if (path === '/admin/behaviour') changeBehaviour(state, body, response);
  else if (path === '/admin/clear') {
    state.log.clear();
    sendJson(response, 200, { ok: true });
  } else {
    const known = '/admin/calls, /admin/behaviour, /admin/clear';
    sendJson(response, 404, { error: `no ${path}; accepted: ${known}` });
  }
};

const installedModel = (name: string): object => ({
  name,
  model: name,
  size: 2_000_000_000,
  digest: createHash('sha256').update(name).digest('hex'),
  details: { family: name.split(':')[0], parameter_size: '3.2B', quantization_level: 'Q4_K_M' },
});

/** A provider whose every call fails is out altogether: it does not list its models either. */
const isOut = ({ behaviour }: ServerState, provider: string | undefined): boolean =>
  behaviour.mix.some(
    ({ share, match }) => share >= 1 && match?.provider === provider && match?.model === undefined,
  );

/** As OpenAI's form and Anthropic carry it. */
const keyOf = ({ headers }: IncomingMessage): unknown =>
  headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');

/** Who plays a maker lists that maker's models. */
const shippedFor = (played: string | undefined): readonly string[] =>
  shipped.models.flatMap(({ provider, providerModel }) => (provider === played ? [providerModel] : []));

const serveModels = (
  state: ServerState,
  { provider, path }: { readonly provider: string | undefined; readonly path: string },
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const { behaviour } = state;
  if (behaviour.listKey !== null && keyOf(request) !== behaviour.listKey)
    sendJson(response, 401, { error: `no such key: ${keyOf(request)}` });
  else if (provider !== undefined && isOut(state, provider)) sendJson(response, 503, { error: 'out' });
  else if (path.endsWith('/api/tags'))
    sendJson(response, 200, { models: behaviour.models.map(installedModel) });
  else
    sendJson(response, 200, {
      object: 'list',
      data: [...behaviour.models, ...shippedFor(provider)].map((id) => ({ id, object: 'model' })),
    });
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

const newState = (options: ProviderServerOptions): ServerState => {
  const state: ServerState = {
    behaviour: DEFAULT_BEHAVIOUR,
    queue: [],
    ordinal: 0,
    startedAt: Date.now().toString(36),
    respond: options.respond ?? (() => null),
    log: createCallLog(options.logFile ?? null),
    timers: new Set(),
    arrivals: new Set(),
    ends: new Set(),
  };
  setBehaviour(state, options.behaviour ?? {});
  return state;
};

const route = async (
  state: ServerState,
  closeListener: (forMs: number) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await readBody(request);
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const named = /^\/p\/([^/]+)(\/.*)$/.exec(pathname);
  const path = named?.[2] ?? pathname;
  const api = PATHS.find(([pattern]) => pattern.test(path))?.[1];
  if (path.startsWith('/admin/')) serveAdmin(state, path, body, response);
  else if (request.method === 'GET') serveModels(state, { provider: named?.[1], path }, request, response);
  else if (!api) sendJson(response, 404, { error: { message: `no such path ${path}` } });
  else {
    const call = readWireCall(api, JSON.parse(body) as Record<string, unknown>);
    serveCall({ state, provider: named?.[1] ?? api, call, closeListener }, request, response);
  }
};

const waiting = (state: ServerState): Pick<ProviderServer, 'waitForCalls' | 'nextEnd'> => ({
  waitForCalls: (count) =>
    new Promise((resolve) => {
      const look = (): void => {
        if (state.log.all().length < count) return;
        state.arrivals.delete(look);
        resolve();
      };
      state.arrivals.add(look);
      look();
    }),
  nextEnd: () =>
    new Promise((resolve) => {
      const tell = (record: CallRecord): void => {
        state.ends.delete(tell);
        resolve(record);
      };
      state.ends.add(tell);
    }),
});

/** Starts the server; it listens on loopback only. */
export const startProviderServer = async (options: ProviderServerOptions = {}): Promise<ProviderServer> => {
  const state = newState(options);
  let port = options.port ?? 0;
  const closeListener = (forMs: number): void => {
    server.close();
    state.timers.add(setTimeout(() => server.listen(port, '127.0.0.1'), forMs));
  };
  const server = createServer((request, response) => {
    route(state, closeListener, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, port);
  port = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    as: (provider) => `${url}/p/${provider}`,
    set: (changes) => setBehaviour(state, changes),
    calls: () => state.log.all(),
    ...waiting(state),
    clear: () => state.log.clear(),
    close: async () => {
      for (const timer of state.timers) clearTimeout(timer);
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
};
