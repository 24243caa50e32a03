// The real Temporal server on a Postgres, for benches and tests that compare it with the dev server or lose it.
// Its two programs are built once with Go and named by CONCLAVE_BENCH_TEMPORAL_SERVER (a folder that holds
// `server` and `sql`): go install go.temporal.io/server/cmd/server@v1.29.1 go.temporal.io/server/cmd/tools/sql@v1.29.1
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { stringify } from 'yaml';
import { isPortFree, LOOPBACK } from '../../stack/ports';
import { runStatement } from '../../stack/postgres-server';
import { checkTemporal } from '../../stack/temporal-check';

const run = promisify(execFile);
const PLUGIN = 'postgres12_pgx';
const READY_MS = 60_000;
const RETENTION_SECONDS = 86_400;
/** Of each of the server's stores; workers take up to thirty each beside them. */
const STORE_CONNECTIONS = 20;

/** The folder with the server's programs; null where none is named. */
export const temporalServerFolder = (): string | null => process.env.CONCLAVE_BENCH_TEMPORAL_SERVER || null;

/** Frontend, history, matching, worker; each has a port for calls and one for membership. */
const SERVICES = 4;

/** The server keeps ports in two signed bytes, so they stay below those that the system hands out by itself. */
const LEAST_PORT = 15_000;
const MOST_PORT = 32_000;

/** Free ports next to each other or nearly so, each another. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
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
  'history.timerProcessorMaxTimeShift': [{ value: '50ms' }],
  'frontend.namespaceRPS': [{ value: 20_000 }],
  'frontend.rps': [{ value: 20_000 }],
  'frontend.namespaceRPS.visibility': [{ value: 500 }],
};

/** Creates the server's two databases beside Conclave's. */
export const makeSchemas = async (folder: string, url: URL): Promise<void> => {
  for (const [database, schema] of [
    ['temporal', 'temporal'],
    ['temporal_visibility', 'visibility'],
  ] as const) {
    await runStatement(url.toString(), `create database ${database}`);
    const connection = ['--plugin', PLUGIN, '--ep', url.hostname, '-p', url.port, '-u', url.username];
    const tool = (...args: readonly string[]) =>
      run(join(folder, 'sql'), [...connection, '--pw', url.password, '--db', database, ...args]);
    await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
};

/** gRPC's ALREADY_EXISTS: a server that took over has the namespace of the one before. */
const isThere = (error: unknown): boolean => isGrpcServiceError(error) && error.code === 6;

const registerNamespace = async (address: string): Promise<void> => {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000 });
      await connection.workflowService
        .registerNamespace({
          namespace: 'default',
          workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never },
        })
        .catch((error: unknown) => {
          if (!isThere(error)) throw error;
        })
        .finally(() => connection.close());
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(500);
    }
  }
  while ((await checkTemporal({ address, namespace: 'default' })) !== null && Date.now() < deadline)
    await delay(500);
};

export interface TemporalServer {
  readonly address: string;
  readonly pid: number;
  /** Resolves when the process has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts the server on databases that `makeSchemas` made, with its configuration and log in `root`. */
export const startTemporalServer = async (
  folder: string,
  root: string,
  databaseUrl: URL,
): Promise<TemporalServer> => {
  mkdirSync(root, { recursive: true });
  const ports = await freePorts(2 * SERVICES);
  writeFileSync(join(root, 'server.yaml'), stringify(serverConfig(databaseUrl, ports)));
  writeFileSync(join(root, 'dynamic.yaml'), stringify(DYNAMIC));
  const log = openSync(join(root, 'server.log'), 'w');
  const server = spawn(
    join(folder, 'server'),
    ['--root', root, '--config', '.', '--env', 'server', '--allow-no-auth', 'start'],
    { cwd: root, stdio: ['ignore', log, log] },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const end = (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    server.kill(signal);
    return ended;
  };
  const address = `${LOOPBACK}:${ports[0]}`;
  try {
    await registerNamespace(address);
  } catch (error) {
    await end('SIGTERM');
    throw error;
  }
  return { address, pid: server.pid!, end };
};
