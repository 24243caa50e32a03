// A whole stack of a bench's own, with its workers, in a folder that is removed afterwards.
import { tmpdir } from 'node:os';
import { type ConclaveClient, connectClient } from '../../client/connect';
import { loadConfig } from '../../config/load';
import { ensureStack, type StackHandle, stackStatus, stopStack } from '../../stack/stack';
import { residentMib } from './process-use';
import { scratchEnvironment, scratchHome } from './scratch-postgres';

export interface BenchStack {
  readonly client: ConclaveClient;
  readonly stack: StackHandle;
  /** Process numbers by part: `postgres`, `temporal`, `worker-1`, .. */
  readonly parts: () => Promise<Readonly<Record<string, number>>>;
  /** Resident memory of all worker processes. */
  readonly workersMib: () => Promise<number>;
}

/** Starts a stack with the environment's own settings on top, runs `work`, ends and removes it. */
export const withBenchStack = async <T>(
  options: { readonly name: string; readonly env?: NodeJS.ProcessEnv },
  work: (bench: BenchStack) => Promise<T>,
): Promise<T> => {
  const { home, remove } = scratchHome(options.name);
  const env = { ...scratchEnvironment(home), ...options.env };
  const config = loadConfig({ env, cwd: tmpdir() });
  const parts = async (): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries(
      ((await stackStatus(config))?.parts ?? []).flatMap(({ name, pid }) =>
        pid === null ? [] : [[name, pid]],
      ),
    );
  const workersMib = async (): Promise<number> =>
    Object.entries(await parts())
      .filter(([name]) => name.startsWith('worker'))
      .reduce((sum, [, pid]) => sum + residentMib(pid), 0);
  try {
    const stack = await ensureStack({ config, env });
    const client = await connectClient({ databaseUrl: stack.databaseUrl, temporal: stack.temporal });
    try {
      return await work({ client, stack, parts, workersMib });
    } finally {
      await client.close();
      await stack.release();
    }
  } finally {
    await stopStack(config);
    remove();
  }
};
