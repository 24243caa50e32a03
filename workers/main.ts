// A worker process: config -> runtime -> workers -> run -> close.
import { NativeConnection, Runtime as TemporalRuntime, type Worker } from '@temporalio/worker';
import { loadConfig } from '../config/load';
import { runProgram } from '../config/run-program';
import { readSecret } from '../config/secrets';
import { nativeConnection } from '../config/temporal-connection';
import { onSupervisorGone } from '../stack/parent-watch';
import { callRates, callsAtOnce } from './configured-providers';
import { createWorkers } from './create-workers';
import { ensureEntities } from './ensure-entities';
import { createLook, startLooking } from './look-again';
import { createRuntime } from './runtime';
import { sdkLogger } from './sdk-logger';
import { startBeating } from './sign-of-life';
import { startTelemetry } from './telemetry';

const required = (name: string, value: string | null): string => {
  if (value) return value;
  throw new Error(
    `${name} is not set: a worker needs the address of Postgres and of Temporal; "conclave up" sets both`,
  );
};

/**
 * Runs all until they end. One that fails takes the others down, so that the process ends with what it failed of and is
 * started again.
 */
const runTogether = async (workers: readonly Worker[]): Promise<void> => {
  const stopAll = (error: unknown): never => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    throw error;
  };
  const ended = await Promise.allSettled(workers.map((worker) => worker.run().catch(stopAll)));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
};

const run = async (): Promise<void> => {
  const config = loadConfig();
  const databaseUrl = required(
    'DATABASE_URL',
    config.databaseUrlName ? readSecret(config.databaseUrlName) : null,
  );
  const address = required('TEMPORAL_ADDRESS', config.temporal.address);
  TemporalRuntime.install({ logger: sdkLogger(), shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const telemetry = startTelemetry();
  const apiKey = config.temporal.apiKeyName ? readSecret(config.temporal.apiKeyName) : null;
  const { tls } = config.temporal;
  const connection = await NativeConnection.connect(nativeConnection({ address, tls, apiKey }));
  const runtime = await createRuntime(config, databaseUrl, address);
  const workers = await createWorkers({
    connection,
    namespace: config.temporal.namespace,
    runtime,
    callsPerSecond: callRates(config),
    callsAtOnce: callsAtOnce(config),
  });
  onSupervisorGone(() => {
    for (const worker of workers) worker.shutdown();
  });
  await ensureEntities(runtime.dependencies.client);
  runtime.dependencies.logger.info(
    { queues: workers.map((worker) => worker.options.taskQueue) },
    'worker ready',
  );
  const running = runTogether(workers);
  const stopBeating = startBeating(runtime.dependencies.stores.workerBeats, () =>
    workers.every((worker) => worker.getState() === 'RUNNING'),
  );
  const { providers, stores } = runtime.dependencies;
  const stopLooking = startLooking(createLook({ config, providers, registry: stores.registry }));
  try {
    await running;
  } finally {
    await stopLooking();
    await stopBeating();
    await runtime.close();
    await connection.close();
    await telemetry.close();
  }
};

runProgram(run);
