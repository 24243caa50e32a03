// The real Temporal server and Postgres of a bench's own, in a folder that is removed afterwards.
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { withDatabaseAlone } from '../../stack/database-alone';
import { scratchEnvironment, scratchHome } from './scratch-postgres';
import { makeSchemas, startTemporalServer } from './temporal-server';

export interface PostgresTemporal {
  readonly databaseUrl: string;
  readonly address: string;
  /** Of the server's process. */
  readonly pid: number;
  readonly postgresPid: number;
}

const postmasterPid = (home: string): number =>
  Number(
    execFileSync('head', ['-1', join(home, 'postgres', 'data', 'postmaster.pid')], { encoding: 'utf8' }),
  );

/** Starts Postgres and the server, runs `work`, ends and removes both. `folder` holds the server's programs. */
export const withPostgresTemporal = async <T>(
  folder: string,
  work: (service: PostgresTemporal) => Promise<T>,
): Promise<T> => {
  const { home, remove } = scratchHome('temporal');
  const env = scratchEnvironment(home);
  const config = loadConfig({ env, cwd: tmpdir() });
  try {
    return await withDatabaseAlone({ config, env }, async (databaseUrl) => {
      const url = new URL(databaseUrl);
      await makeSchemas(folder, url);
      const server = await startTemporalServer(folder, join(home, 'temporal-server'), url);
      try {
        const { address, pid } = server;
        return await work({ databaseUrl, address, pid, postgresPid: postmasterPid(home) });
      } finally {
        await server.end('SIGTERM');
      }
    });
  } finally {
    remove();
  }
};
