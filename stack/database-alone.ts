// The data folder's Postgres without the rest of the stack: for work that nothing else may disturb. The stack's
// own lock keeps one from being started meanwhile.
import { join } from 'node:path';
import type { Config } from '../config/load';
import { prepareHome } from './home';
import { heldElsewhere, isElsewhere, takeLock } from './lock';
import { choosePorts, startDatabase } from './services';
import { StackError } from './stack-error';

export interface DatabaseAloneOptions {
  readonly config: Config;
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: (text: string) => void;
}

const nothing = (): undefined => undefined;

/**
 * Runs `work` with the database's address, and stops an embedded server afterwards.
 * @throws StackError `second_stack` while the folder's stack runs, and those of `startDatabase`.
 */
export const withDatabaseAlone = async <T>(
  { config, env = process.env, onProgress = nothing }: DatabaseAloneOptions,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> => {
  const paths = await prepareHome(config.home);
  const lockFile = join(paths.run, 'supervisor.lock');
  const taken = await takeLock(lockFile);
  if ('heldBy' in taken) {
    if (isElsewhere(taken.heldBy)) throw heldElsewhere(taken.heldBy, lockFile);
    throw new StackError({
      code: 'second_stack',
      message: `The stack of ${config.home} is running (process ${taken.heldBy.pid}).`,
      fix: 'Run `conclave down`, or name another data folder by CONCLAVE_HOME.',
    });
  }
  try {
    const ports = await choosePorts(config, paths);
    const service = await startDatabase({
      config,
      paths,
      ports,
      env,
      onProgress,
      onSpawn: nothing,
      log: nothing,
    });
    try {
      return await work(service.url);
    } finally {
      await service.part?.stop();
    }
  } finally {
    await taken.lock.release();
  }
};
