// Two embedded Postgres servers, of which the second follows the first and confirms every commit before the first
// does: what a desk with a second region keeps its record in.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, cpSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '../../db/database';
import type { HomePaths } from '../../stack/home';
import { LOOPBACK } from '../../stack/ports';
import {
  type Cluster,
  POSTGRES_DATABASE,
  POSTGRES_USER,
  postgresEnvironment,
  prepareCluster,
} from '../../stack/postgres-cluster';
import { postgresUrl, runStatement } from '../../stack/postgres-server';

/** Name under which the second server follows the first. */
const STANDBY = 'second_region';
const PATIENCE_MS = 60_000;

/** Waits until `holds`; an error counts as no. @throws after a minute, naming what was waited for. */
const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`after a minute: not ${what}`);
    await delay(50);
  }
};

/** Column `value` of the statement's first row. */
const firstValue = async (databaseUrl: string, sql: string): Promise<unknown> => {
  const db = openDatabase(databaseUrl, { poolSize: 1, applicationName: 'region' });
  try {
    return (await db.query<{ readonly value: unknown }>(sql))[0]?.value;
  } finally {
    await db.close();
  }
};

export interface RegionPostgres {
  readonly url: string;
  /** SIGKILL for the server and all its children, as when their machine goes. */
  kill(): Promise<void>;
}

/** Starts a server on the cluster's data, as primary or standby as the data says. */
const startServer = async (cluster: Cluster, paths: HomePaths, port: number): Promise<RegionPostgres> => {
  const log = openSync(join(paths.logs, 'postgres.log'), 'a');
  const settings = [`listen_addresses=${LOOPBACK}`, 'unix_socket_directories=', 'max_connections=200'];
  const args = ['-D', cluster.dataArgument, '-p', String(port), ...settings.flatMap((text) => ['-c', text])];
  const child = spawn(cluster.binaries.postgres, args, {
    ...{ cwd: cluster.dataFolder, env: postgresEnvironment(), detached: true },
    stdio: ['ignore', log, log],
    ...(cluster.account ?? {}),
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
    await ended;
  };
  const ready = () => runStatement(postgresUrl(cluster, port, 'postgres'), 'select 1').then(() => true);
  await until(`Postgres ready at ${port}`, ready).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  return { url: postgresUrl(cluster, port), kill };
};

/** A copy of the first cluster's data that follows the first server, which it reaches at `port`. */
const standbyOf = async (
  cluster: Cluster,
  { first, second }: Readonly<Record<'first' | 'second', HomePaths>>,
  port: number,
): Promise<Cluster> => {
  const data = join(second.postgres, 'data');
  // With its owners: the servers may run as another account than this process.
  execFileSync('cp', ['-a', cluster.dataFolder, data]);
  cpSync(`${cluster.dataFolder}.ready`, `${data}.ready`);
  cpSync(join(first.secrets, 'postgres-password'), join(second.secrets, 'postgres-password'));
  const source = [
    `host=${LOOPBACK} port=${port} user=${POSTGRES_USER} password=${cluster.password}`,
    `application_name=${STANDBY}`,
  ].join(' ');
  appendFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  writeFileSync(join(data, 'standby.signal'), '');
  return prepareCluster(second, () => undefined);
};

export interface FollowedPostgres {
  readonly paths: Readonly<Record<'first' | 'second', HomePaths>>;
  readonly ports: Readonly<Record<'first' | 'second', number>>;
  /** Where the second server reaches the first. */
  readonly followAt: number;
}

/** Both servers, with an empty database for Conclave; the first waits for the second with every commit. */
export const startFollowedPostgres = async ({
  paths,
  ports,
  followAt,
}: FollowedPostgres): Promise<Readonly<Record<'primary' | 'standby', RegionPostgres>>> => {
  const cluster = await prepareCluster(paths.first, () => undefined);
  const copy = await standbyOf(cluster, paths, followAt);
  const primary = await startServer(cluster, paths.first, ports.first);
  const standby = await startServer(copy, paths.second, ports.second);
  const admin = postgresUrl(cluster, ports.first, 'postgres');
  await runStatement(admin, `create database ${POSTGRES_DATABASE}`);
  await runStatement(admin, `alter system set synchronous_standby_names = '${STANDBY}'`);
  await runStatement(admin, 'select pg_reload_conf()');
  const state = () => firstValue(primary.url, 'select sync_state as value from pg_stat_replication');
  await until('followed synchronously', async () => (await state()) === 'sync');
  return { primary, standby };
};

/** The standby becomes a primary that waits for nobody. */
export const promote = async ({ url }: RegionPostgres): Promise<void> => {
  await runStatement(url, 'select pg_promote()', PATIENCE_MS);
  const isStandby = () => firstValue(url, 'select pg_is_in_recovery() as value');
  await until('promoted', async () => (await isStandby()) === false);
};
