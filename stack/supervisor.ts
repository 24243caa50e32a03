// The stack's parent process: starts Postgres, Temporal, workers and API, restarts what dies, and ends itself
// when no client, no `conclave up` and no open work needs it any more.
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/load';
import { ForeignDatabase, migrate } from '../db/migrate';
import { SEARCH_ATTRIBUTES } from '../workflows/contracts/search-attributes';
import { databaseUrlFile, type HomePaths, writePrivateFile } from './home';
import { type KeptPart, keepRunning } from './keep-running';
import { endLeftovers, processNotes } from './leftovers';
import { hasProgram, startNodeProcess } from './node-process';
import { createOpenWork, OPEN_WORK } from './open-work';
import { assertPortFree, LOOPBACK } from './ports';
import { endLeftoverPostgres } from './postgres-server';
import { isRunning, type ProcessRecord } from './process-identity';
import type { PartStatus, StackEndpoints } from './protocol';
import {
  choosePorts,
  type DatabaseService,
  type ServiceOptions,
  type StackPorts,
  startDatabase,
  startTemporalService,
  type TemporalService,
} from './services';
import { describeError, StackError } from './stack-error';
import { countWorkflows, registerSearchAttributes } from './temporal-check';

/** How often ports are chosen anew when another program takes one between the choice and the start. */
const PORT_ATTEMPTS = 3;

export interface SupervisorOptions {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  readonly log: (text: string) => void;
  /** Calls the start off, between two parts or while a server is fetched; nothing to a stack that runs. */
  readonly signal?: AbortSignal;
}

export interface RunningStack {
  readonly endpoints: StackEndpoints;
  parts(): readonly PartStatus[];
  /** Whether workflows run that the stack must not end under; by the last count when Temporal does not answer. */
  hasOpenWork(): Promise<boolean>;
  stop(): Promise<void>;
}

/** `<file>.<process>.<random>.tmp`, and the drafts of locks. */
const DRAFT = /\.(\d+)\.[0-9a-f]{8}\.(?:tmp|draft|dead)$/;

/** Drafts of state files that a kill cut off; one that lives is still at work on its own. */
const removeDrafts = async (paths: HomePaths): Promise<void> => {
  const names = await readdir(paths.run);
  const drafts = names.filter((name) => {
    const [, pid] = DRAFT.exec(name) ?? [];
    return pid !== undefined && (Number(pid) === process.pid || !isRunning(Number(pid)));
  });
  await Promise.all(drafts.map((name) => unlink(join(paths.run, name)).catch(() => undefined)));
};

const applyMigrations = async (url: string): Promise<void> => {
  try {
    await migrate(url);
  } catch (error) {
    if (error instanceof ForeignDatabase)
      throw new StackError({
        code: 'foreign_database',
        message: `The database was left as it is: ${error.message}.`,
        fix: 'Correct DATABASE_URL, or remove it to use the embedded Postgres.',
        cause: error,
      });
    throw new StackError({
      code: 'migration_failed',
      message: `The database could not be brought to this version's schema: ${describeError(error)}.`,
      fix: 'The database is unchanged. Check that its user may create tables, and that no newer Conclave has used it.',
      cause: error,
    });
  }
};

interface ProgramContext {
  readonly options: SupervisorOptions;
  readonly endpoints: StackEndpoints;
  readonly ports: StackPorts;
  readonly onSpawn: (record: ProcessRecord) => void;
}

const WITHOUT_KEY = { TEMPORAL_API_KEY: undefined, TEMPORAL_API_KEY_FILE: undefined };

const programEnvironment = ({ options, endpoints, ports }: ProgramContext): NodeJS.ProcessEnv => ({
  ...options.env,
  DATABASE_URL: endpoints.databaseUrl,
  TEMPORAL_ADDRESS: endpoints.temporal.address,
  TEMPORAL_NAMESPACE: endpoints.temporal.namespace,
  // What they are told is an address like any other: a key of another project would have them ask for TLS.
  ...(options.config.temporal.address === null ? WITHOUT_KEY : {}),
  ...(endpoints.temporal.uiUrl ? { CONCLAVE_TEMPORAL_UI: endpoints.temporal.uiUrl } : {}),
  CONCLAVE_HOME: options.paths.root,
  CONCLAVE_CONFIG: options.config.file ?? 'none',
  CONCLAVE_API_PORT: String(ports.api),
});

/** A program that cannot be started is tried again; it must not take the rest of the stack down. */
const keepProgram = (context: ProgramContext, name: string, program: string): Promise<KeptPart> => {
  const { paths, log } = context.options;
  const start = async () => {
    const part = await startNodeProcess({
      name,
      program,
      env: programEnvironment(context),
      logs: paths.logs,
    });
    context.onSpawn(part.record);
    return part;
  };
  return keepRunning({ name, start, log });
};

/** @throws StackError `port_in_use` where another program took the API's port meanwhile; nothing is then started. */
const startPrograms = async (context: ProgramContext): Promise<readonly KeptPart[]> => {
  const { workers } = context.options.config.stack;
  // It is bound long after it was chosen, and the API would be started again and again at a port of another program.
  if (context.endpoints.apiUrl !== null) await assertPortFree(context.ports.api, 'the API');
  const count = hasProgram('workers/main') ? workers : 0;
  const names = Array.from({ length: count }, (_, index) => `worker-${index + 1}`);
  const kept = names.map((name) => keepProgram(context, name, 'workers/main'));
  if (context.endpoints.apiUrl !== null) kept.push(keepProgram(context, 'api', 'server/main'));
  return Promise.all(kept);
};

const endpointsOf = (
  options: SupervisorOptions,
  ports: StackPorts,
  database: DatabaseService,
  temporal: TemporalService,
): StackEndpoints => ({
  databaseUrl: database.url,
  temporal: {
    address: temporal.target.address,
    namespace: temporal.target.namespace,
    uiUrl: temporal.uiUrl,
  },
  apiUrl: options.config.stack.api && hasProgram('server/main') ? `http://${LOOPBACK}:${ports.api}` : null,
  home: options.paths.root,
});

/** Both run to their end, so that a failure of one leaves nothing half-started behind. */
const startServices = async (
  services: ServiceOptions,
  kept: KeptPart[],
): Promise<{ database: DatabaseService; temporal: TemporalService }> => {
  const prepared = startDatabase(services).then(async (database) => {
    if (database.part) kept.push(database.part);
    services.signal?.throwIfAborted();
    services.onProgress('applying migrations');
    await applyMigrations(database.url);
    return database;
  });
  // A wrong address is reported at once, not after minutes of fetching a Temporal server.
  if (services.config.databaseUrlName !== null) await prepared;
  const served = startTemporalService(services).then(async (temporal) => {
    if (temporal.part) kept.push(temporal.part);
    await registerSearchAttributes(temporal.target, SEARCH_ATTRIBUTES);
    return temporal;
  });
  const results = await Promise.allSettled([prepared, served]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return { database: await prepared, temporal: await served };
};

/** Starts everything at these ports; what had been started is stopped again when a part cannot be. */
const startAtPorts = async (options: SupervisorOptions, ports: StackPorts): Promise<RunningStack> => {
  const services: KeptPart[] = [];
  let programs: readonly KeptPart[] = [];
  const notes = processNotes(options.paths);
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map((part) => part.stop()));
    await Promise.all(services.map((part) => part.stop()));
    await notes.clear();
  };
  try {
    const { database, temporal } = await startServices({ ...options, ports, onSpawn: notes.add }, services);
    const endpoints = endpointsOf(options, ports, database, temporal);
    options.signal?.throwIfAborted();
    await writePrivateFile(databaseUrlFile(options.paths), `${database.url}\n`);
    programs = await startPrograms({ options, endpoints, ports, onSpawn: notes.add });
    // In one order for people, whichever of the servers was up first.
    const parts = [database.part, temporal.part, ...programs].filter((part) => part !== null);
    return {
      endpoints,
      parts: () => parts.map((part) => part.status()),
      hasOpenWork: createOpenWork(() => countWorkflows(temporal.target, OPEN_WORK)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/**
 * Starts everything. The caller holds the data folder's lock.
 * @throws StackError, or the signal's reason; whatever had been started is then stopped again.
 */
export const startStack = async (options: SupervisorOptions): Promise<RunningStack> => {
  const { config, paths } = options;
  await removeDrafts(paths);
  const leftovers = await endLeftovers(paths);
  if (leftovers > 0) options.log(`ended ${leftovers} processes of an earlier stack`);
  // Before ports are chosen, so that a leftover server does not hold the one that clients know.
  await endLeftoverPostgres(join(paths.postgres, 'data'));
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(config, paths);
    try {
      return await startAtPorts(options, ports);
    } catch (error) {
      const taken = error instanceof StackError && error.code === 'port_in_use';
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
      options.log(`another program took a port meanwhile, choosing again: ${error.message}`);
    }
  }
};
