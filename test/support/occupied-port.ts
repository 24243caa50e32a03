// A port that someone else listens on, for what must say that its port is in use.
import { createServer } from 'node:net';

export interface OccupiedPort {
  readonly port: number;
  release(): void;
}

/** The port, else any free one of this machine, taken until it is released. */
export const occupyPort = async (wanted = 0): Promise<OccupiedPort> => {
  const server = createServer();
  // Without a host it is bound within this call, before anything that is started next can bind it.
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(wanted, resolve));
  const { port } = server.address() as { port: number };
  return { port, release: () => server.close() };
};
