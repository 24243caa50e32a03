// An API server over the run's shared stack, on a free loopback port, with answers checked against their schemas.
import { type ServeOptions, serve } from '../../server/serve';
import { type RunningStack, runningStack } from './running-stack';

export interface ApiServer {
  readonly url: string;
  readonly running: RunningStack;
  /** Log lines of requests that failed by our fault. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export const apiServer = async (more: Partial<ServeOptions> = {}): Promise<ApiServer> => {
  const running = await runningStack();
  const faults: string[] = [];
  const server = await serve({
    client: running.client,
    config: running.place.config,
    host: '127.0.0.1',
    port: 0,
    logger: {
      info: () => undefined,
      warn: () => undefined,
      error: (line: unknown) => faults.push(JSON.stringify(line)),
    } as unknown as ServeOptions['logger'],
    ...more,
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    running,
    faults,
    close: async () => {
      await server.close();
      await running.close();
    },
  };
};
