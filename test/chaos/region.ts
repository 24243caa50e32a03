// The part of a region that has no state of its own: the real Temporal server on the region's Postgres, and workers.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTemporalServer } from '../../bench/support/temporal-server';
import { type ConclaveClient, connectClient } from '../../client/connect';
import { nodeArguments } from '../../config/package-root';
import type { HomePaths } from '../../stack/home';
import { startWorkerProcess } from './worker-process';

export interface RegionOptions {
  /** Folder with the programs of the Temporal server. */
  readonly programs: string;
  readonly paths: HomePaths;
  readonly databaseUrl: string;
  readonly workers: number;
  /** Environment of the workers, without the servers' addresses. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Region {
  readonly client: ConclaveClient;
  /** SIGKILL for workers and Temporal. */
  kill(): Promise<void>;
}

/** Starts Temporal, runs the set-up job, starts the workers and connects. */
export const startRegion = async (options: RegionOptions): Promise<Region> => {
  const { programs, paths, databaseUrl } = options;
  const root = join(paths.root, 'temporal-server');
  const temporal = await startTemporalServer(programs, root, new URL(databaseUrl));
  const { address } = temporal;
  const env = { ...options.env, DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address };
  await promisify(execFile)(process.execPath, [...nodeArguments('workers/set-up')], { cwd: paths.root, env });
  const workers = Array.from({ length: options.workers }, (_, index) =>
    startWorkerProcess(nodeArguments('workers/main'), env, { home: paths.root, name: `worker-${index}` }),
  );
  const client = await connectClient({
    databaseUrl,
    temporal: { address, namespace: 'default', uiUrl: null },
  });
  const kill = async (): Promise<void> => {
    await Promise.all([...workers.map((worker) => worker.end('SIGKILL')), temporal.end('SIGKILL')]);
  };
  return { client, kill };
};
