// A port that someone else listens on, for what must say that its port is in use.
import { createServer } from 'node:net';

export interface OccupiedPort {
  readonly port: number;
  release(): void;
}

/** A free port of this machine, taken until it is released. */
export const occupyPort = async (): Promise<OccupiedPort> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, release: () => server.close() };
};
