// A way to Postgres that can be cut: what a killed Postgres looks like to one pool, without killing everybody's.
import { connect, createServer, type Socket } from 'node:net';

export interface PostgresRelay {
  /** The database's address through the relay. */
  readonly url: string;
  /** Cuts every connection, and so many new ones after them. */
  readonly cut: (connections: number) => void;
  /** Nothing passes any more on the connections there are, and none of them ends: their machine is gone. */
  readonly silence: () => void;
  /** New connections cut so far. */
  readonly refused: () => number;
  readonly close: () => Promise<void>;
}

export const startPostgresRelay = async (databaseUrl: string): Promise<PostgresRelay> => {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let left = 0;
  let refused = 0;
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on('error', () => undefined).on('close', () => open.delete(socket));
  };
  const cutAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((near) => {
    keep(near);
    if (left > 0) {
      left -= 1;
      refused += 1;
      near.destroy();
      return;
    }
    const far = keep(connect(Number(target.port), target.hostname));
    near.pipe(far).on('close', () => near.destroy());
    far.pipe(near).on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    cut: (connections) => {
      left = connections;
      cutAll();
    },
    silence: () => {
      for (const socket of open) socket.unpipe().pause();
    },
    refused: () => refused,
    close: async () => {
      cutAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
