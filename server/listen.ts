// Binds the app to its address, after making sure that a public one cannot be reached without a token.

import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ConclaveClient } from '../client/connect';
import { isLoopbackAddress } from './host-check';

/** @throws Error when the address is not loopback and no token exists. */
export const assertBindable = async (client: ConclaveClient, host: string): Promise<void> => {
  if (isLoopbackAddress(host) || (await client.stores.apiTokens.any())) return;
  throw new Error(
    `CONCLAVE_API_HOST is "${host}", which others can reach, but there is no API token; accepted: 127.0.0.1, or any address once a token exists (POST /api/v1/tokens on loopback)`,
  );
};

export interface Listening {
  readonly port: number;
  /** Stops taking requests and ends open streams. */
  close(): Promise<void>;
}

export const listen = (app: OpenAPIHono, host: string, port: number): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server;
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
