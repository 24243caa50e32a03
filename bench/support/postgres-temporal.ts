// The real Temporal server on the embedded Postgres, for benches and tests that compare it with the dev server.
// Its two programs are built once with Go and named by CONCLAVE_BENCH_TEMPORAL_SERVER (a folder that holds
// `server` and `sql`): go install go.temporal.io/server/cmd/server@v1.29.1 go.temporal.io/server/cmd/tools/sql@v1.29.1
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { loadConfig } from '../../config/load';
import { withDatabaseAlone } from '../../stack/database-alone';
import { isPortFree, LOOPBACK } from '../../stack/ports';
import { runStatement } from '../../stack/postgres-server';
import { checkTemporal } from '../../stack/temporal-check';
import { scratchEnvironment, scratchHome } from './scratch-postgres';

const PLUGIN = 'postgres12_pgx';
const READY_MS = 60_000;
const RETENTION_SECONDS = 86_400;
/** Of each of the server's stores; workers take up to thirty each beside them. */
const STORE_CONNECTIONS = 20;

export interface PostgresTemporal {
  readonly databaseUrl: string;
  readonly address: string;
  /** Of the server's process. */
  readonly pid: number;
  readonly postgresPid: number;
}

/** The folder with the server's programs; null where none is named. */
export const temporalServerFolder = (): string | null => process.env.CONCLAVE_BENCH_TEMPORAL_SERVER || null;

/** Frontend, history, matching, worker; each has a port for calls and one for membership. */
const SERVICES = 4;

/** The server keeps ports in two signed bytes, so they stay below those that the system hands out by itself. */
const LEAST_PORT = 15_000;
const MOST_PORT = 32_000;

/** Free ports next to each other or nearly so, each another. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports: number[] = [];
  const first = LEAST_PORT + ((process.pid * SERVICES * 2) % (MOST_PORT - LEAST_PORT));
  for (let port = first; ports.length < count; port += 1) if (await isPortFree(port)) ports.push(port);
  return ports;
};

const storeOf = (url: URL, databaseName: string) => ({
  sql: {
    pluginName: PLUGIN,
    databaseName,
    connectAddr: url.host,
    connectProtocol: 'tcp',
    user: url.username,
    password: url.password,
    maxConns: STORE_CONNECTIONS,
    maxIdleConns: STORE_CONNECTIONS,
  },
});

const serverConfig = (url: URL, ports: readonly number[]) => {
  const service = (index: number) => ({
    rpc: { grpcPort: ports[index], membershipPort: ports[index + SERVICES], bindOnLocalHost: true },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { main: storeOf(url, 'temporal'), visibility: storeOf(url, 'temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: LOOPBACK } },
    services: { frontend: service(0), history: service(1), matching: service(2), worker: service(3) },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${LOOPBACK}:${ports[0]}`,
        },
      },
    },
    dynamicConfigClient: { filepath: 'dynamic.yaml', pollInterval: '60s' },
  };
};

/** The same settings as those of the compose file. */
const DYNAMIC = {
  'matching.useNewMatcher': [{ value: true }],
  'system.enableEagerWorkflowStart': [{ value: true }],
  'frontend.namespaceRPS': [{ value: 20_000 }],
  'frontend.rps': [{ value: 20_000 }],
  'frontend.namespaceRPS.visibility': [{ value: 500 }],
};

const makeSchemas = async (folder: string, url: URL): Promise<void> => {
  for (const [database, schema] of [
    ['temporal', 'temporal'],
    ['temporal_visibility', 'visibility'],
  ] as const) {
    await runStatement(url.toString(), `create database ${database}`);
    const connection = ['--plugin', PLUGIN, '--ep', url.hostname, '-p', url.port, '-u', url.username];
    const tool = (...args: readonly string[]) =>
      execFileSync(join(folder, 'sql'), [...connection, '--pw', url.password, '--db', database, ...args], {
        stdio: 'ignore',
      });
    tool('setup-schema', '-v', '0.0');
    tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
};

const registerNamespace = async (address: string): Promise<void> => {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000 });
      await connection.workflowService.registerNamespace({
        namespace: 'default',
        workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never },
      });
      await connection.close();
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(500);
    }
  }
  while ((await checkTemporal({ address, namespace: 'default' })) !== null && Date.now() < deadline)
    await delay(500);
};

const postmasterPid = (home: string): number =>
  Number(
    execFileSync('head', ['-1', join(home, 'postgres', 'data', 'postmaster.pid')], { encoding: 'utf8' }),
  );

/** Starts Postgres and the server, runs `work`, ends and removes both. */
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
      const root = join(home, 'temporal-server');
      mkdirSync(root, { recursive: true });
      const ports = await freePorts(2 * SERVICES);
      writeFileSync(join(root, 'server.yaml'), stringify(serverConfig(url, ports)));
      writeFileSync(join(root, 'dynamic.yaml'), stringify(DYNAMIC));
      const log = openSync(join(root, 'server.log'), 'w');
      const server = spawn(
        join(folder, 'server'),
        ['--root', root, '--config', '.', '--env', 'server', '--allow-no-auth', 'start'],
        { cwd: root, stdio: ['ignore', log, log] },
      );
      const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      try {
        const address = `${LOOPBACK}:${ports[0]}`;
        await registerNamespace(address);
        return await work({ databaseUrl, address, pid: server.pid!, postgresPid: postmasterPid(home) });
      } finally {
        server.kill('SIGTERM');
        await ended;
      }
    });
  } finally {
    remove();
  }
};
