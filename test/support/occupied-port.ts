// A port that someone else listens on, for what must say that its port is in use.
import { createServer } from 'node:net';

export interface OccupiedPort {
  readonly port: number;
  release(): void;
}

/** The port, else any free one of this machine, taken until it is released. */
export const occupyPort = async (wanted = 0): Promise<OccupiedPort> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, release: () => server.close() };
};
