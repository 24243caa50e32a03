// Postgres and Temporal of the stack: embedded ones started here, configured ones only checked.
import { join } from 'node:path';
import type { Config } from '../config/load';
import { readSecret } from '../config/secrets';
import type { HomePaths } from './home';
import { readStateFile, writePrivateFile } from './home';
import { type KeptPart, keepRunning } from './keep-running';
import { choosePort, LOOPBACK } from './ports';
import { prepareCluster } from './postgres-cluster';
import { postgresUrl, runStatement, startPostgres } from './postgres-server';
import type { ProcessRecord } from './process-identity';
import { describeError, StackError, systemCode } from './stack-error';
import { temporalBinary } from './temporal-binary';
import { checkTemporal, type TemporalTarget } from './temporal-check';
import { startTemporal } from './temporal-server';
import { histories, noteVersion } from './temporal-version';

/** Ports of the last run, so that addresses stay the same. */
interface PortMemory {
  readonly postgres?: number;
  readonly temporal?: number;
  readonly temporalUi?: number;
  readonly api?: number;
}
export type StackPorts = Required<PortMemory>;

const USUAL_PORTS: StackPorts = { postgres: 54_329, temporal: 7_233, temporalUi: 8_233, api: 8_700 };

/** Free ports for all parts, written down for the next run. */
export const choosePorts = async (config: Config, paths: HomePaths): Promise<StackPorts> => {
  const file = join(paths.run, 'ports.json');
  const memory = (await readStateFile<PortMemory>(file)) ?? {};
  const chosen: Partial<Record<keyof StackPorts, number>> = {};
  for (const name of ['postgres', 'temporal', 'temporalUi', 'api'] as const) {
    chosen[name] = await choosePort({
      setting: `ports.${name}`,
      configured: config.ports[name],
      remembered: memory[name],
      usual: USUAL_PORTS[name],
      taken: Object.values(chosen),
    });
  }
  const ports = chosen as StackPorts;
  await writePrivateFile(file, JSON.stringify(ports));
  return ports;
};

export interface ServiceOptions {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly ports: StackPorts;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  /** Told of each process that is started. */
  readonly onSpawn: (record: ProcessRecord) => void;
  readonly log: (text: string) => void;
  /** Ends the start early, between two parts or while a server is fetched. */
  readonly signal?: AbortSignal | undefined;
}

export interface DatabaseService {
  readonly url: string;
  /** Null for a configured one. */
  readonly part: KeptPart | null;
}

const unreachable = (error: unknown, name: string): StackError => {
  const reasons: Readonly<Record<string, string>> = {
    '28P01': 'the user or password is wrong',
    '28000': 'the user is not allowed in',
    '3D000': 'the database does not exist',
    ECONNREFUSED: 'nothing listens at its host and port',
    ENOTFOUND: 'its host is unknown',
    EAI_AGAIN: 'its host is unknown',
  };
  return new StackError({
    code: 'database_unreachable',
    message: `The Postgres named by ${name} cannot be used: ${reasons[systemCode(error) ?? ''] ?? describeError(error)}.`,
    fix: `Correct ${name} (postgres://USER:PASSWORD@HOST:PORT/DATABASE), or remove it to use the embedded Postgres.`,
    cause: error,
  });
};

/**
 * The database to use, answering queries.
 * @throws StackError `database_unreachable`, `postgres_failed`, `postgres_binaries_missing`.
 */
export const startDatabase = async (options: ServiceOptions): Promise<DatabaseService> => {
  const { config, paths, ports } = options;
  if (config.databaseUrlName !== null) {
    const url = readSecret(config.databaseUrlName, options.env) ?? '';
    options.onProgress('checking the configured database');
    await runStatement(url, 'select 1').catch((error: unknown) => {
      throw unreachable(error, config.databaseUrlName ?? 'DATABASE_URL');
    });
    return { url, part: null };
  }
  const cluster = await prepareCluster(paths, options.onProgress);
  options.signal?.throwIfAborted();
  options.onProgress('starting Postgres');
  const { durable, workers } = config.stack;
  const start = () => startPostgres({ cluster, paths, port: ports.postgres, durable, workers });
  const part = await keepRunning({ name: 'postgres', start, log: options.log });
  return { url: postgresUrl(cluster, ports.postgres), part };
};

export interface TemporalService {
  readonly target: TemporalTarget;
  readonly uiUrl: string | null;
  /** Null for a configured one. */
  readonly part: KeptPart | null;
}

const checkConfigured = async (config: Config, env: NodeJS.ProcessEnv): Promise<TemporalTarget> => {
  const { address, namespace, tls, apiKeyName } = config.temporal;
  const apiKey = apiKeyName === null ? null : readSecret(apiKeyName, env);
  const target = { address: address ?? '', namespace, tls, ...(apiKey === null ? {} : { apiKey }) };
  const problem = await checkTemporal(target);
  if (problem === null) return target;
  throw new StackError({
    code: 'temporal_unreachable',
    message: `The configured Temporal cannot be used: ${problem}.`,
    fix: 'Correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE (or create the namespace), or remove them to use the embedded server.',
  });
};

/**
 * The Temporal server to use, its namespace answering.
 * @throws StackError `temporal_unreachable`, `temporal_missing`, `temporal_failed`.
 */
export const startTemporalService = async (options: ServiceOptions): Promise<TemporalService> => {
  const { config, paths, ports, env } = options;
  if (config.temporal.address !== null) {
    options.onProgress('checking the configured Temporal server');
    return { target: await checkConfigured(config, env), uiUrl: null, part: null };
  }
  const { namespace, cli } = config.temporal;
  const { durable } = config.stack;
  const { path: program, version } = await temporalBinary({
    configured: cli,
    homeBin: paths.bin,
    madeBy: durable ? await histories(paths) : null,
    env,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  options.signal?.throwIfAborted();
  options.onProgress('starting the Temporal server');
  const { onSpawn } = options;
  const start = () =>
    startTemporal({
      program,
      paths,
      port: ports.temporal,
      uiPort: ports.temporalUi,
      namespace,
      durable,
      onSpawn,
    });
  const part = await keepRunning({ name: 'temporal', start, log: options.log });
  if (durable)
    await noteVersion(paths, version).catch((error: unknown) =>
      options.log(`the Temporal server's version was not noted: ${describeError(error)}`),
    );
  return {
    target: { address: `${LOOPBACK}:${ports.temporal}`, namespace },
    uiUrl: `http://${LOOPBACK}:${ports.temporalUi}`,
    part,
  };
};
