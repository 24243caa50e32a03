// Chooses loopback ports: the configured one, else the one used last time, else the usual one, else any.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackError, systemCode } from './stack-error';

export const LOOPBACK = '127.0.0.1';

/**
 * Any port is looked for here: below the range from which systems lend ports to outgoing connections (from 32768
 * on Linux, 49152 elsewhere), where one that is free now may be lent out before a server of ours has bound it.
 */
const OWN_RANGE = { from: 15_000, below: 32_000 } as const;
const TRIES_IN_RANGE = 50;

const tryListen = (port: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = systemCode(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(found));
    });
  });

/** True when nothing listens at the loopback port. */
export const isPortFree = async (port: number): Promise<boolean> => (await tryListen(port)) !== null;

/**
 * For servers that would not say it themselves: looks again at a port that was chosen earlier, just before it is bound.
 * @throws StackError `port_in_use` where another program took it meanwhile.
 */
export const assertPortFree = async (port: number, server: string): Promise<void> => {
  if (await isPortFree(port)) return;
  throw new StackError({
    code: 'port_in_use',
    message: `Port ${port} was taken by another program before ${server} could bind it.`,
    fix: 'Start again: a free port is chosen then.',
  });
};

const anyFreePort = async (taken: readonly number[]): Promise<number> => {
  for (let attempt = 0; attempt < TRIES_IN_RANGE; attempt++) {
    const port = randomInt(OWN_RANGE.from, OWN_RANGE.below);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  const port = await tryListen(0);
  if (port === null) throw new Error('the system gave no free port');
  return port;
};

export interface PortWish {
  /** Name of the setting, for the error. */
  readonly setting: string;
  /** A number must be free; 0 means any; null means the usual one where it is free. */
  readonly configured: number | null;
  readonly remembered: number | undefined;
  readonly usual: number;
  /** Ports already given to other parts. */
  readonly taken: readonly number[];
}

/**
 * A free loopback port by the wish.
 * @throws StackError `port_in_use` when a configured port is not free.
 */
export const choosePort = async (wish: PortWish): Promise<number> => {
  if (wish.configured !== null && wish.configured !== 0) {
    if (await isPortFree(wish.configured)) return wish.configured;
    throw new StackError({
      code: 'port_in_use',
      message: `Port ${wish.configured} (${wish.setting}) is in use by another program.`,
      fix: `End that program, or set ${wish.setting} to another port, or remove the setting to let a free one be chosen.`,
    });
  }
  const candidates = [wish.remembered, wish.configured === 0 ? undefined : wish.usual];
  for (const port of candidates) {
    if (port !== undefined && !wish.taken.includes(port) && (await isPortFree(port))) return port;
  }
  return anyFreePort(wish.taken);
};
