// Loads the configuration once at start: environment variables over the file over defaults, every value with
// where it came from.
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { configuredAnalysts } from './analyst-folders';
import { ConfigError, type ConfigProblem } from './config-error';
import { type LoadedFile, loadConfigFile } from './config-file';
import { PAYLOAD_KEYS, readPayloadKeys } from './payload-keys';
import { picker } from './picker';
import { expandHome, findFile, usualHome } from './places';
import { environmentProviderProblems, type ProviderSettings, providerSettings } from './provider-settings';
import {
  databaseUrl,
  fileSchema,
  mailAddresses,
  providerUrl,
  senderAddress,
  temporalAddress,
  temporalNamespace,
} from './schema';
import { hasSecret, readSecret } from './secrets';
import { type SourceConfig, sourceSettings } from './source-settings';

export interface TemporalConfig {
  /** A server to use instead of the embedded one, `host:port`; null: embedded. */
  readonly address: string | null;
  readonly namespace: string;
  /** Temporal CLI to run; null: found, fetched or built. */
  readonly cli: string | null;
  readonly tls: boolean;
  /** Name for `readSecret`; Temporal Cloud needs one. */
  readonly apiKeyName: string | null;
  /** Name for `readPayloadKeys`; null: the usual variable, which may be empty. */
  readonly payloadKeysName: string | null;
}

/** A number must be free; 0 means any free port; null means the usual one where it is free. */
export interface PortConfig {
  readonly postgres: number | null;
  readonly temporal: number | null;
  readonly temporalUi: number | null;
  readonly api: number | null;
}

export interface StackConfig {
  readonly workers: number;
  readonly api: boolean;
  readonly lingerSeconds: number;
  readonly durable: boolean;
}

/** Ways out for alerts; null: not used. */
export interface AlertConfig {
  readonly webhookUrl: string | null;
  /** Names for `readSecret`. */
  readonly webhookSecretName: string;
  readonly smtpUrlName: string;
  readonly emailFrom: string;
  /** Empty: no e-mail. */
  readonly emailTo: readonly string[];
}

export interface Config {
  /** Absolute path of the data folder. */
  readonly home: string;
  /** Absolute path of a folder with analysts of one's own, beside that in the data folder; null: none. */
  readonly analystsFolder: string | null;
  /** Absolute path of the file that was read, or null. */
  readonly file: string | null;
  /** Name for `readSecret` of a Postgres address to use; null: embedded Postgres. */
  readonly databaseUrlName: string | null;
  readonly temporal: TemporalConfig;
  readonly ports: PortConfig;
  readonly stack: StackConfig;
  readonly sources: SourceConfig;
  readonly alerts: AlertConfig;
  readonly providers: readonly ProviderSettings[];
  /** Dotted setting -> `default`, `environment variable X` or `conclave.yaml:4`. */
  readonly origins: Readonly<Record<string, string>>;
}

export interface LoadConfigOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A file to read instead of the usual places. */
  readonly file?: string;
}

/** A variable's text as the whole number that the setting of the file takes. */
const integerText = (low: number, high: number): z.ZodType => {
  const form = `must be a whole number from ${low} to ${high}`;
  return z.coerce.number(form).int(form).min(low, form).max(high, form);
};

const PORT = integerText(0, 65_535);

/**
 * The checked configuration.
 * @throws ConfigError naming file, line or variable, and the accepted form, of everything that is wrong.
 */
export const loadConfig = (options: LoadConfigOptions = {}): Config => {
  const env = options.env ?? process.env;
  const cwd = options.cwd ?? process.cwd();
  const path = findFile({ env, cwd }, options.file);
  const file = path === null ? null : loadConfigFile(path);
  const values = file?.values ?? fileSchema.parse({});
  const picked = picker(env, file);
  const { origins, problems, pick, pickName } = picked;
  const base = path === null ? cwd : dirname(path);
  const homeText = pick<string>(
    'home',
    'CONCLAVE_HOME',
    values.home && resolve(base, expandHome(values.home, env)),
    usualHome(env),
  );
  const { temporal, ports, stack, sources, alerts } = values;
  const cliText = pick<string | null>('temporal.cli', 'CONCLAVE_TEMPORAL_CLI', temporal.cli, null);
  const databaseUrlName = pickName('databaseUrlName', {
    variable: 'DATABASE_URL',
    isSet: hasSecret('DATABASE_URL', env),
    fromFile: values.databaseUrlName,
  });
  const address = pick<string | null>(
    'temporal.address',
    'TEMPORAL_ADDRESS',
    temporal.address,
    null,
    temporalAddress,
  );
  // The embedded server speaks plainly and asks for no key: one in the environment is another project's.
  const hasKey = address !== null && hasSecret('TEMPORAL_API_KEY', env);
  problems.push(...databaseUrlProblems(databaseUrlName, env), ...environmentProviderProblems(env));
  const config: Config = {
    home: resolve(cwd, expandHome(homeText, env)),
    analystsFolder: configuredAnalysts(env, cwd),
    file: path,
    databaseUrlName,
    temporal: {
      address,
      namespace: pick(
        'temporal.namespace',
        'TEMPORAL_NAMESPACE',
        temporal.namespace,
        'default',
        temporalNamespace,
      ),
      cli: cliText === null ? null : resolve(base, expandHome(cliText, env)),
      tls: pick('temporal.tls', null, temporal.tls, false),
      apiKeyName: pickName('temporal.apiKeyName', {
        variable: 'TEMPORAL_API_KEY',
        isSet: hasKey,
        fromFile: temporal.apiKeyName,
      }),
      payloadKeysName: pickName('temporal.payloadKeysName', {
        variable: PAYLOAD_KEYS,
        isSet: PAYLOAD_KEYS in env || `${PAYLOAD_KEYS}_FILE` in env,
        fromFile: temporal.payloadKeysName,
      }),
    },
    ports: {
      postgres: pick<number | null>('ports.postgres', 'CONCLAVE_POSTGRES_PORT', ports.postgres, null, PORT),
      temporal: pick<number | null>('ports.temporal', 'CONCLAVE_TEMPORAL_PORT', ports.temporal, null, PORT),
      temporalUi: pick<number | null>(
        'ports.temporalUi',
        'CONCLAVE_TEMPORAL_UI_PORT',
        ports.temporalUi,
        null,
        PORT,
      ),
      api: pick<number | null>('ports.api', 'CONCLAVE_API_PORT', ports.api, null, PORT),
    },
    stack: {
      workers: pick('stack.workers', 'CONCLAVE_WORKERS', stack.workers, 1, integerText(0, 64)),
      api: pick('stack.api', null, stack.api, true),
      lingerSeconds: pick('stack.lingerSeconds', null, stack.lingerSeconds, 30),
      durable: pick('stack.durable', null, stack.durable, true),
    },
    sources: sourceSettings(picked, sources, { env, cwd, base }),
    alerts: {
      webhookUrl: pick<string | null>(
        'alerts.webhookUrl',
        'CONCLAVE_ALERT_WEBHOOK_URL',
        alerts.webhookUrl,
        null,
        providerUrl,
      ),
      webhookSecretName: pick(
        'alerts.webhookSecretName',
        null,
        alerts.webhookSecretName,
        'CONCLAVE_ALERT_WEBHOOK_SECRET',
      ),
      smtpUrlName: pick('alerts.smtpUrlName', null, alerts.smtpUrlName, 'CONCLAVE_SMTP_URL'),
      emailFrom: pick(
        'alerts.emailFrom',
        'CONCLAVE_ALERT_EMAIL_FROM',
        alerts.emailFrom,
        'conclave@localhost',
        senderAddress,
      ),
      emailTo: pick<readonly string[]>(
        'alerts.emailTo',
        'CONCLAVE_ALERT_EMAIL_TO',
        alerts.emailTo,
        [],
        mailAddresses,
      ),
    },
    providers: providerSettings(values.providers, env),
    origins,
  };
  problems.push(...serverlessProblems(config.temporal, file));
  problems.push(...payloadKeyProblems(config.temporal.payloadKeysName, env));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
};

/** How to reach a server that is not named; the embedded one speaks plainly and asks for no key. */
const serverlessProblems = (
  { address, tls, apiKeyName }: TemporalConfig,
  file: LoadedFile | null,
): readonly ConfigProblem[] => {
  if (address !== null) return [];
  const set = [...(tls ? ['temporal.tls'] : []), ...(apiKeyName === null ? [] : ['temporal.apiKeyName'])];
  return set.map((setting) => ({
    where: file?.whereIs(setting) ?? 'file',
    setting,
    message: 'must stand beside temporal.address (or TEMPORAL_ADDRESS): the embedded server has neither',
  }));
};

/** Found at start, not at the first payload: a typing error must not leave histories unreadable. */
const payloadKeyProblems = (name: string | null, env: NodeJS.ProcessEnv): readonly ConfigProblem[] => {
  try {
    readPayloadKeys(name ?? PAYLOAD_KEYS, env);
    return [];
  } catch (error) {
    return [{ where: 'payload encryption', setting: '', message: (error as RangeError).message }];
  }
};

const databaseUrlProblems = (name: string | null, env: NodeJS.ProcessEnv): readonly ConfigProblem[] => {
  if (name === null) return [];
  const value = readSecret(name, env);
  const where = name.startsWith('file:') ? name : `environment variable ${name}`;
  if (value === null)
    return [{ where, setting: '', message: 'is named by databaseUrlName but holds nothing' }];
  const result = databaseUrl.safeParse(value);
  return result.success
    ? []
    : [{ where, setting: '', message: result.error.issues[0]?.message ?? 'is not valid' }];
};
