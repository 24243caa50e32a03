// The API process: config -> client -> server -> serve until the supervisor or a signal ends it.
import { join } from 'node:path';
import pino from 'pino';
import { connectClient } from '../client/connect';
import { analystFolders } from '../config/analyst-folders';
import { loadConfig } from '../config/load';
import { redact } from '../config/redact';
import { runProgram } from '../config/run-program';
import { readSecret } from '../config/secrets';
import { EVENT_SECRET } from '../config/webhook-secret';
import { onSupervisorGone } from '../stack/parent-watch';
import { serve } from './serve';

const DEFAULT_PORT = 8_700;

const required = (name: string, value: string | null): string => {
  if (value) return value;
  throw new Error(
    `${name} is not set: the API needs the address of Postgres and of Temporal; "conclave up" sets both`,
  );
};

const listed = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

const untilEnded = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    onSupervisorGone(resolve);
  });

const run = async (): Promise<void> => {
  const config = loadConfig();
  const logger = pino({ base: { pid: process.pid }, hooks: { streamWrite: (line) => redact(line) } });
  const ended = untilEnded();
  const client = await connectClient({
    databaseUrl: required('DATABASE_URL', config.databaseUrlName ? readSecret(config.databaseUrlName) : null),
    temporal: {
      address: required('TEMPORAL_ADDRESS', config.temporal.address),
      namespace: config.temporal.namespace,
      uiUrl: process.env.CONCLAVE_TEMPORAL_UI ?? null,
    },
    tls: config.temporal.tls,
    apiKey: config.temporal.apiKeyName ? readSecret(config.temporal.apiKeyName) : null,
    payloadKeysName: config.temporal.payloadKeysName,
  });
  const host = process.env.CONCLAVE_API_HOST?.trim() || '127.0.0.1';
  const server = await serve({
    client,
    config,
    host,
    hostNames: listed(process.env.CONCLAVE_API_HOST_NAMES),
    codecOrigins: listed(process.env.CONCLAVE_CODEC_ORIGINS),
    webhookSecret: readSecret(EVENT_SECRET),
    analystFolders: analystFolders(config),
    pricesFolder: join(config.home, 'prices'),
    port: config.ports.api ?? DEFAULT_PORT,
    logger,
  });
  logger.info({ url: `http://${host}:${server.port}` }, 'api ready');
  await ended;
  await server.close();
  await client.close();
};

runProgram(run);
