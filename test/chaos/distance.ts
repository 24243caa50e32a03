// The way between two regions: a TCP relay that keeps every byte back for half a round trip, in both directions.
import { connect, createServer, type Socket } from 'node:net';
import { LOOPBACK } from '../../stack/ports';

export interface Distance {
  readonly port: number;
  end(): Promise<void>;
}

const carry = (from: Socket, to: Socket, delayMs: number): void => {
  from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), delayMs));
  from.on('close', () => setTimeout(() => to.destroy(), delayMs));
  from.on('error', () => undefined);
};

/** Relays connections made to `port` of the result to `target`, both on loopback. */
export const startDistance = async (target: number, roundTripMs: number): Promise<Distance> => {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: LOOPBACK, noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    carry(near, far, roundTripMs / 2);
    carry(far, near, roundTripMs / 2);
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const end = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port, end };
};
