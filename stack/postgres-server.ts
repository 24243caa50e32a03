// Starts the embedded Postgres on a loopback port, waits until it answers, and replaces a server that an
// earlier kill left behind on the same data.
import { spawn } from 'node:child_process';
import { readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { WORKER_CONNECTIONS } from '../workers/worker-options';
import type { HomePaths } from './home';
import { readTextIfPresent } from './home';
import { closeLog, openLog, tailOfLog } from './log-file';
import { LOOPBACK } from './ports';
import {
  type Cluster,
  POSTGRES_DATABASE,
  POSTGRES_USER,
  postgresEnvironment,
  postmasterFile,
  removeStalePostmasterFile,
} from './postgres-cluster';
import { commandOf, endProcess, recordOf } from './process-identity';
import { type RunningPart, runningPart } from './running-part';
import { describeError, StackError, serverFailure, systemCode } from './stack-error';

/** Recovery after a kill takes about 0.1 s; a large write-ahead log on a slow disk needs more. */
const READY_TIMEOUT_MS = 60_000;
/** A killed postmaster's children need a moment to notice and release the shared memory. */
const RESTART_ATTEMPTS = 20;
const RESTART_DELAY_MS = 150;
/** That a port is taken stands five lines above the end. */
const LINES_OF_A_FAILED_START = 6;
/** Counted from 0, in the file by which a server notes its process. */
const POSTMASTER_STATUS_LINE = 7;
/** Fast shutdown ends connections and writes a checkpoint. */
const STOP_GRACE_MS = 15_000;

export const postgresUrl = (cluster: Cluster, port: number, database = POSTGRES_DATABASE): string =>
  `postgres://${POSTGRES_USER}:${cluster.password}@${LOOPBACK}:${port}/${database}`;

/**
 * The number may long be another program's, as after a power cut: it must be a server on this very folder. The system names
 * a process's folder without links, which the path of ours may have.
 */
const isOurPostmaster = (pid: number, dataFolder: string): boolean => {
  if (process.platform !== 'linux') {
    const command = commandOf(pid) ?? '';
    return command.includes('postgres') && command.includes(dataFolder);
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataFolder);
  } catch {
    return false;
  }
};

/** Ends a server that still runs on this data; a file whose process is another's is set aside. */
export const endLeftoverPostgres = async (dataFolder: string): Promise<void> => {
  const text = await readTextIfPresent(postmasterFile(dataFolder));
  if (text === null) return;
  const record = recordOf('postgres', Number(text.split('\n')[0]));
  if (record.identity !== 'gone' && isOurPostmaster(record.pid, dataFolder)) {
    await endProcess(record, 'SIGINT', STOP_GRACE_MS);
  }
  await removeStalePostmasterFile(dataFolder);
};

/** API, commands and tests; each idle connection costs about 2 MB. */
const OTHER_CONNECTIONS = 60;
const LEAST_CONNECTIONS = 200;

/** Flags of a server that has room for every worker's pool. */
export const serverArguments = ({
  cluster,
  port,
  durable,
  workers,
}: Omit<PostgresOptions, 'paths'>): readonly string[] => {
  const settings = {
    listen_addresses: LOOPBACK,
    // TCP only: a socket's path has a length limit that a data folder may exceed.
    unix_socket_directories: '',
    max_connections: `${Math.max(LEAST_CONNECTIONS, workers * WORKER_CONNECTIONS + OTHER_CONNECTIONS)}`,
    // Short queries: compiling them costs more than it saves.
    jit: 'off',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster.dataArgument, '-p', String(port), ...flags];
};

const spawnServer = (options: PostgresOptions, logFile: string): RunningPart => {
  const { cluster } = options;
  const log = openLog(logFile);
  try {
    const child = spawn(cluster.binaries.postgres, serverArguments(options), {
      cwd: cluster.dataFolder,
      env: postgresEnvironment(),
      stdio: ['ignore', log, log],
      // Its own group: a Ctrl-C meant for the terminal's programs must not reach the database.
      detached: true,
      ...(cluster.account ?? {}),
    });
    return runningPart('postgres', child, { signal: 'SIGINT', graceMs: STOP_GRACE_MS });
  } finally {
    closeLog(log);
  }
};

/** Runs one statement on a connection of its own. */
export const runStatement = async (databaseUrl: string, sql: string, timeoutMs = 5_000): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Whether this server itself says that it listens; until then, what answers at its port may be another's. */
const saysItIsReady = async (part: RunningPart, dataFolder: string): Promise<boolean> => {
  const lines = ((await readTextIfPresent(postmasterFile(dataFolder))) ?? '').split('\n');
  return Number(lines[0]) === part.record.pid && lines[POSTMASTER_STATUS_LINE]?.trim() === 'ready';
};

/** Resolves true once the server answers, false when it ended first. */
const waitUntilReady = async (part: RunningPart, dataFolder: string, url: string): Promise<boolean> => {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const outcome = await Promise.race([
      runStatement(url, 'select 1').then(
        () => 'ready' as const,
        (error: unknown) => error,
      ),
      part.exited.then(() => 'ended' as const),
    ]);
    if (outcome === 'ready') return true;
    if (outcome === 'ended') return false;
    // 57P03: starting up. A refused connection: not yet listening. No code: it took too long, or was cut off. Anything
    // else, of our server, will not mend itself.
    const isOnItsWay = [undefined, '57P03', 'ECONNREFUSED', 'ECONNRESET'].includes(systemCode(outcome));
    if (!isOnItsWay && (await saysItIsReady(part, dataFolder))) {
      await part.stop();
      throw new StackError({
        code: 'postgres_failed',
        message: `The embedded Postgres does not accept connections: ${describeError(outcome)}.`,
        fix: "If its password file was changed, delete it in the data folder's secrets/ and start again.",
      });
    }
    await delay(25);
  }
  await part.stop();
  return false;
};

const ensureDatabase = async (cluster: Cluster, port: number): Promise<void> => {
  await runStatement(postgresUrl(cluster, port, 'postgres'), `create database ${POSTGRES_DATABASE}`).catch(
    (error: unknown) => {
      // 42P04: it exists.
      if (systemCode(error) !== '42P04') throw error;
    },
  );
};

export interface PostgresOptions {
  readonly cluster: Cluster;
  readonly paths: HomePaths;
  readonly port: number;
  /** False only for throwaway test stacks: acknowledged rows may then be lost with the power. */
  readonly durable: boolean;
  /** Worker processes that it has connections for. */
  readonly workers: number;
}

/**
 * Starts the server and waits until it answers queries on the database `conclave`.
 * @throws StackError `postgres_failed` with the last log lines, `port_in_use` where its port was taken meanwhile.
 */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPart> => {
  const { cluster, port } = options;
  const logFile = join(options.paths.logs, 'postgres.log');
  for (let attempt = 1; attempt <= RESTART_ATTEMPTS; attempt++) {
    await endLeftoverPostgres(cluster.dataFolder);
    const part = spawnServer(options, logFile);
    if (await waitUntilReady(part, cluster.dataFolder, postgresUrl(cluster, port, 'postgres'))) {
      await ensureDatabase(cluster, port).catch(async (error: unknown) => {
        await part.stop();
        throw error;
      });
      return part;
    }
    await delay(RESTART_DELAY_MS);
  }
  const log = (await tailOfLog(logFile, LINES_OF_A_FAILED_START)).replaceAll('\n', ' ');
  throw serverFailure({
    code: 'postgres_failed',
    log,
    message: `The embedded Postgres does not start: ${log}`,
    fix: `Read ${logFile}, mend what it names, and start again; or set DATABASE_URL to a Postgres you run yourself.`,
  });
};
