// A local HTTP server that answers from a table, for sources under test; it keeps what was asked.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when text, else as JSON. */
  readonly body?: unknown;
  /** Never answers. */
  readonly hang?: boolean;
  /** Ends the connection without a word. */
  readonly drop?: boolean;
  /** Sends a byte now and then and never ends. */
  readonly drip?: boolean;
}

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  /** Paths with query, in order. */
  readonly asked: readonly string[];
  readonly headersOf: (index: number) => IncomingMessage['headers'];
  close(): Promise<void>;
}

/** Starts a server; `route` gets path and query of each request, and 404 is sent where it returns null. */
export const startLocalServer = async (
  route: (path: string, query: URLSearchParams) => Reply | null,
): Promise<LocalServer> => {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    headers.push(request.headers);
    const url = new URL(request.url ?? '/', 'http://local');
    const reply = route(url.pathname, url.searchParams) ?? { status: 404, body: 'nothing here' };
    if (reply.hang) return;
    if (reply.drop) return void request.socket.destroy();
    response.writeHead(reply.status ?? 200, reply.headers);
    if (reply.drip) {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
      return;
    }
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    headersOf: (index) => headers[index]!,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

/** A signal that never aborts. */
export const noSignal = (): AbortSignal => new AbortController().signal;
