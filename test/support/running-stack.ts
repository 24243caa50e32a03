// A whole stack with workers from source, in a temporary data folder and cut off from the internet: started
// once for all test files of a project's run (global-setup.ts names the folder, global-teardown.ts ends it).
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ConclaveClient, connectClient } from '../../client/connect';
import { workersAtWork } from '../../client/worker-presence';
import { type Config, loadConfig } from '../../config/load';
import { assetPath } from '../../config/package-root';
import type { StackStatus } from '../../stack/protocol';
import { ensureStack, type StackHandle, stackStatus, stopStack } from '../../stack/stack';
import { cleanEnvironment } from './test-stack';

export interface StackSettings {
  /** Seconds the stack outlives its last client; long where a test kills its own clients. */
  readonly lingerSeconds?: number;
  readonly durable?: boolean;
  readonly workers?: number;
  /** Serves the HTTP API, at any free port. */
  readonly api?: boolean;
  /** More configuration, as YAML lines. */
  readonly yaml?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface StackPlace {
  readonly home: string;
  readonly config: Config;
  /** For every process that is to use this stack. */
  readonly env: NodeJS.ProcessEnv;
  /** Tries to leave this machine, a line each. */
  readonly networkTries: () => readonly string[];
}

/** Never copied into a build. */
const NO_NETWORK = assetPath('test', 'support', 'no-network.cjs');

const environmentOf = (home: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...cleanEnvironment(home),
  NODE_OPTIONS: `--require ${JSON.stringify(NO_NETWORK)}`,
  NODE_NO_WARNINGS: '1',
  CONCLAVE_TEST_NETWORK_LOG: join(home, 'network-tries.log'),
  // A local Ollama would add members that no test expects.
  OLLAMA_HOST: '127.0.0.1:1',
  ...more,
});

/** A data folder with settings for a stack of its own. */
export const stackPlace = (home: string, settings: StackSettings = {}): StackPlace => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const { workers = 1, api = false, lingerSeconds = 120, durable = false, yaml = '' } = settings;
  writeFileSync(
    join(home, 'config.yaml'),
    `ports: { postgres: 0, temporal: 0, temporalUi: 0, api: 0 }
stack: { workers: ${workers}, api: ${api}, lingerSeconds: ${lingerSeconds}, durable: ${durable} }
${yaml}`,
  );
  const env = environmentOf(home, settings.env ?? {});
  const log = env.CONCLAVE_TEST_NETWORK_LOG!;
  return {
    home,
    env,
    config: loadConfig({ env, cwd: home }),
    networkTries: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
};

export interface RunningStack {
  readonly place: StackPlace;
  readonly stack: StackHandle;
  readonly client: ConclaveClient;
  /** Ends the connections and the lease; the stack itself goes on for the next test file. */
  close(): Promise<void>;
}

/** However busy the machine is while a stack starts. */
const WORKER_START_MS = 120_000;

/**
 * What a test asks for must not be refused because the first worker is still starting, or because what the test has
 * killed just now is not back.
 */
const untilWorkersWork = async (client: ConclaveClient): Promise<void> => {
  const deadline = Date.now() + WORKER_START_MS;
  const atWork = () => workersAtWork(client).catch(() => 0);
  while ((await atWork()) === 0 && Date.now() < deadline) await setTimeout(50);
};

/** A server that a test has killed just now may be back later than a client waits for it. */
const untilConnected = async (place: StackPlace, stack: StackHandle): Promise<ConclaveClient> => {
  const deadline = Date.now() + WORKER_START_MS;
  for (;;) {
    try {
      return await connectClient({
        databaseUrl: stack.databaseUrl,
        temporal: stack.temporal,
        payloadKeysName: place.config.temporal.payloadKeysName,
      });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(50);
    }
  }
};

/** Attaches to the stack of a place, or starts it; its workers, if it has any, are at work. */
export const enterStack = async (place: StackPlace): Promise<RunningStack> => {
  const stack = await ensureStack(place);
  const client = await untilConnected(place, stack);
  if (place.config.stack.workers > 0) await untilWorkersWork(client);
  const close = async (): Promise<void> => {
    await client.close();
    await stack.release();
  };
  return { place, stack, client, close };
};

/**
 * Folder of this run's shared stack, of which files that run side by side have one each: halts, caps and settings of
 * one must not reach the other. Without global-setup.ts, a folder of its own.
 */
const runHome = (): string => {
  process.env.CONCLAVE_TEST_RUN_HOME ??= mkdtempSync(join(tmpdir(), 'conclave-run-'));
  return join(process.env.CONCLAVE_TEST_RUN_HOME, `shared-${process.env.JEST_WORKER_ID ?? 1}`);
};

/** The shared stack of this run: house and recorded members only, no keys, no internet. */
export const runningStack = (): Promise<RunningStack> => enterStack(stackPlace(runHome()));

/** However busy the machine is on which a supervisor is asked. */
const STATUS_MS = 120_000;

/** What the supervisor of a stack that runs says of it: one look is null where it does not answer in time. */
export const statusOf = async (config: Config): Promise<StackStatus> => {
  const deadline = Date.now() + STATUS_MS;
  for (;;) {
    const status = await stackStatus(config);
    if (status) return status;
    if (Date.now() > deadline) throw new Error(`the supervisor of ${config.home} does not answer`);
    await setTimeout(50);
  }
};

/** Ends the stack of a place, whatever state it is in. */
export const endStack = (place: StackPlace): Promise<boolean> => stopStack(place.config);
