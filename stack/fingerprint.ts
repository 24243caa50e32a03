// Tells whether a running stack was started with the configuration and the build that a client has, without
// storing anything that a secret could be read from.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Config } from '../config/load';
import { compiledPath, STARTS_COMPILED } from '../config/package-root';
import { readSecret } from '../config/secrets';
import { EVENT_SECRET } from '../config/webhook-secret';
import { wayOut } from '../providers/proxies';

const buildStamp = (): string => {
  if (!STARTS_COMPILED) return 'source';
  const files = ['stack/supervisor-main', 'workers/main', 'server/main'].map(compiledPath);
  return files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(',');
};

/** Names of the secrets that the configuration uses. */
const secretNames = (config: Config): readonly string[] =>
  [
    config.databaseUrlName,
    config.temporal.apiKeyName,
    config.temporal.payloadKeysName,
    config.alerts.webhookUrl === null ? null : config.alerts.webhookSecretName,
    config.alerts.emailTo.length === 0 ? null : config.alerts.smtpUrlName,
    EVENT_SECRET,
    ...config.providers.map(({ keyName }) => keyName),
  ].filter((name): name is string => name !== null);

/** A digest of configuration, secrets in use, proxies and build; equal digests mean that a restart would change nothing. */
export const stackFingerprint = (config: Config, env: NodeJS.ProcessEnv): string => {
  const { origins: _origins, file: _file, ...settings } = config;
  const hash = createHash('sha256').update(JSON.stringify(settings)).update(buildStamp());
  for (const name of secretNames(config)) hash.update(`\n${name}=${readSecret(name, env) ?? ''}`);
  hash.update(wayOut(env));
  return hash.digest('hex');
};
