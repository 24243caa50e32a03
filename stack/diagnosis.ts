// What `conclave doctor` checks: each part on its own, without starting or changing anything, and how to mend
// what is wrong.
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type * as PayloadCodecs from '../client/payload-codec';
import { checkAnalystsFolder } from '../config/analyst-folders';
import type { Config } from '../config/load';
import { PAYLOAD_KEYS, readPayloadKeys } from '../config/payload-keys';
import { askedFor, notSetUp } from '../config/provider-settings';
import { readSecret } from '../config/secrets';
import { SEARCH_ATTRIBUTES } from '../workflows/contracts/search-attributes';
import { PROVIDER_WATCH_ID } from '../workflows/contracts/workflow-ids';
import { checkAlertWays, checkEventWay } from './alert-check';
import { checkCalendars } from './calendar-check';
import type * as DeliveryCheck from './delivery-check';
import { databaseUrlFile, homePaths, prepareHome } from './home';
import { postgresBinaries } from './postgres-binaries';
import { runStatement } from './postgres-server';
import { clusterAccount } from './postgres-user';
import { checkPrices } from './price-check';
import { checkPricesFile } from './prices-file-check';
import type { StackStatus } from './protocol';
import { checkProvider } from './provider-check';
import type * as ScheduleCheck from './schedule-check';
import type * as SchemaCheck from './schema-check';
import { stackStatus } from './stack';
import { describeError, StackError } from './stack-error';
import { findTemporal } from './temporal-binary';
import type * as TemporalCheck from './temporal-check';
import { histories } from './temporal-version';
import { checkWorkers } from './worker-check';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How to mend it; null where nothing is wrong. Beside `ok` it is a warning. */
  readonly fix: string | null;
}

export interface Diagnosis {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly temporal: {
    readonly address: string | null;
    readonly namespace: string;
    readonly ui: string | null;
  };
  /** File of mode 0600 that holds the database's address. */
  readonly postgres: { readonly urlFile: string };
  readonly home: string;
}

const good = (name: string, detail: string): Check => ({ name, ok: true, detail, fix: null });

const bad = (name: string, error: unknown, fix: string): Check => ({
  name,
  ok: false,
  detail: describeError(error),
  fix: error instanceof StackError ? error.fix : fix,
});

const LOWEST_NODE = [20, 19] as const;

const checkNode = (): Check => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor >= LOWEST_NODE[1]);
  return isEnough
    ? good('node', `Node ${process.versions.node}`)
    : bad('node', `Node ${process.versions.node} is too old`, 'Install Node 20.19 or newer.');
};

/** Time to act in: below 200 MB the stack no longer starts. */
const LOW_SPACE_BYTES = 2 * 2 ** 30;

/** Warns before the disk is full. */
export const checkSpace = (root: string, freeBytes: number): Check => {
  const detail = `${root}, ${(freeBytes / 2 ** 30).toFixed(freeBytes < 10 * 2 ** 30 ? 1 : 0)} GB free`;
  if (freeBytes >= LOW_SPACE_BYTES) return good('home', detail);
  return {
    ...good('home', detail),
    fix: 'Free some space, or set CONCLAVE_HOME to a folder on another disk.',
  };
};

const checkHome = async (config: Config): Promise<Check> => {
  try {
    const { root } = await prepareHome(config.home);
    const space = await statfs(root);
    return checkSpace(root, space.bavail * space.bsize);
  } catch (error) {
    return bad('home', error, 'Set CONCLAVE_HOME to a folder that you can write.');
  }
};

const checkConfig = async (config: Config): Promise<Check> => {
  try {
    checkAnalystsFolder(config);
    await checkPricesFile(config);
    return good('config', config.file ?? 'no file; environment and defaults');
  } catch (error) {
    return bad('config', error, 'Mend the file, or take it out of the configuration.');
  }
};

const checkEncryption = async (
  config: Config,
  status: StackStatus | null,
  env: NodeJS.ProcessEnv,
): Promise<Check> => {
  const { address: configured, namespace, tls, apiKeyName, payloadKeysName } = config.temporal;
  const keys = readPayloadKeys(payloadKeysName ?? PAYLOAD_KEYS, env);
  const address = configured ?? status?.endpoints?.temporal.address ?? null;
  if (address !== null) {
    const { checkPayloadKeys } = require('./temporal-check') as typeof TemporalCheck;
    const { payloadCodec } = require('../client/payload-codec') as typeof PayloadCodecs;
    const apiKey = apiKeyName === null ? null : readSecret(apiKeyName, env);
    const target = { address, namespace, tls, ...(apiKey ? { apiKey } : {}) };
    const problem = await checkPayloadKeys(target, PROVIDER_WATCH_ID, payloadCodec(keys));
    if (problem !== null)
      return bad('encryption', problem, 'Set CONCLAVE_PAYLOAD_KEYS to all keys in use, the newest first.');
  }
  const [first, ...others] = keys.map(({ id }) => id);
  if (first === undefined) return good('encryption', 'payloads in Temporal are plain; no keys are set');
  const older = others.length > 0 ? `; ${others.join(', ')} only decrypt` : '';
  return good('encryption', `payloads in Temporal are encrypted with key ${first}${older}`);
};

const checkPostgres = async (
  config: Config,
  status: StackStatus | null,
  env: NodeJS.ProcessEnv,
): Promise<Check> => {
  try {
    if (config.databaseUrlName !== null) {
      await runStatement(readSecret(config.databaseUrlName, env) ?? '', 'select 1');
      return good('postgres', `the one named by ${config.databaseUrlName} answers`);
    }
    if (status?.endpoints) {
      await runStatement(status.endpoints.databaseUrl, 'select 1');
      return good('postgres', 'embedded, running');
    }
    const paths = homePaths(config.home);
    await postgresBinaries(paths.bin, clusterAccount(join(paths.postgres, 'data')));
    return good('postgres', 'embedded, installed, not running');
  } catch (error) {
    return bad('postgres', error, 'Correct DATABASE_URL, or remove it to use the embedded Postgres.');
  }
};

const checkTemporalServer = async (
  config: Config,
  status: StackStatus | null,
  env: NodeJS.ProcessEnv,
): Promise<Check> => {
  const address = config.temporal.address ?? status?.endpoints?.temporal.address ?? null;
  try {
    if (address !== null) {
      // Loading the SDK takes a quarter of a second; only where there is something to ask.
      const { checkTemporal, lackingSearchAttributes } = require('./temporal-check') as typeof TemporalCheck;
      const { namespace, tls, apiKeyName } = config.temporal;
      const apiKey = apiKeyName === null ? null : readSecret(apiKeyName, env);
      const target = { address, namespace, tls, ...(apiKey ? { apiKey } : {}) };
      const problem = await checkTemporal(target);
      if (problem === null) {
        const lacking = await lackingSearchAttributes(target, SEARCH_ATTRIBUTES);
        if (lacking !== null) throw lacking;
        return good('temporal', `answers at ${address}, namespace ${namespace}`);
      }
      return bad(
        'temporal',
        problem,
        'Correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or run `conclave down` and start again.',
      );
    }
    const paths = homePaths(config.home);
    const program = await findTemporal({
      configured: config.temporal.cli,
      homeBin: paths.bin,
      madeBy: config.stack.durable ? await histories(paths) : null,
      env,
    });
    if (program !== null) return good('temporal', `${program.path}, not running`);
    return good(
      'temporal',
      'no server yet: the first start downloads one, or builds it with Go in about 4 minutes',
    );
  } catch (error) {
    return bad('temporal', error, 'Install the Temporal CLI, or set TEMPORAL_ADDRESS.');
  }
};

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const checkParts = (status: StackStatus | null): readonly Check[] => {
  if (status === null) return [good('stack', 'not running; any command starts it')];
  const parts = status.parts.map(({ name, state, restarts, problem }): Check => {
    const detail = `${state}${restarts > 0 ? `, restarted ${times(restarts)}` : ''}${problem ? ` (${problem})` : ''}`;
    return state === 'running'
      ? good(name, detail)
      : bad(name, detail, `Read logs/${name}.log in the data folder.`);
  });
  const held = status.heldBy === null ? '' : `, kept by \`conclave up\` (process ${status.heldBy})`;
  // Postgres and Temporal have been asked themselves, above.
  const programs = parts.filter(({ name }) => name !== 'postgres' && name !== 'temporal');
  return [
    good(
      'stack',
      `running since ${status.startedAt}, ${status.clients} ${status.clients === 1 ? 'client' : 'clients'}${held}`,
    ),
    ...programs,
  ];
};

/** Asked only where a database answers; what stands in its tables, only where they are of this version. */
const checkWork = async (
  config: Config,
  status: StackStatus | null,
  env: NodeJS.ProcessEnv,
): Promise<readonly Check[]> => {
  const url = config.databaseUrlName
    ? readSecret(config.databaseUrlName, env)
    : (status?.endpoints?.databaseUrl ?? null);
  if (url === null) return [];
  const { checkSchema } = require('./schema-check') as typeof SchemaCheck;
  const schema = await checkSchema(url);
  if (!schema.ok) return [schema];
  const { checkSchedules } = require('./schedule-check') as typeof ScheduleCheck;
  const { checkDeliveries } = require('./delivery-check') as typeof DeliveryCheck;
  const [workers, schedules, deliveries] = await Promise.all([
    checkWorkers(url),
    checkSchedules(url),
    checkDeliveries(url, config.alerts),
  ]);
  return [schema, workers, schedules, ...deliveries];
};

/** Providers that are set here but not where the running stack was started: it never calls them. */
const checkServed = ({ providers }: Config, status: StackStatus | null): readonly Check[] => {
  const served = status?.providers;
  const lacking = served ? askedFor(providers).filter((name) => !served.includes(name)) : [];
  return lacking.map((name) =>
    bad(
      `provider ${name}`,
      'the running stack was started without it and does not call it',
      'Run `conclave down`, then start again from here.',
    ),
  );
};

const keysNotSet = ({ providers }: Config): readonly Check[] => {
  const keys = notSetUp(providers).map(({ keyName }) => keyName);
  const none = askedFor(providers).length === 0 ? "no language model; the house's statistics answer; " : '';
  return keys.length === 0 ? [] : [good('other providers', `${none}not set: ${keys.join(', ')}`)];
};

/** Looks at every part. Starts nothing, sends nothing that is billed. */
export const diagnose = async (config: Config, env: NodeJS.ProcessEnv = process.env): Promise<Diagnosis> => {
  // Meanwhile, as a provider or price source that does not answer takes seconds.
  const providers = Promise.all(config.providers.map((provider) => checkProvider(provider, env)));
  const prices = checkPrices({ pricesFile: config.sources.pricesFile });
  const home = await checkHome(config);
  const status = home.ok ? await stackStatus(config) : null;
  const postgres = await checkPostgres(config, status, env);
  const checks = [
    checkNode(),
    home,
    await checkConfig(config),
    await checkEncryption(config, status, env),
    postgres,
    await checkTemporalServer(config, status, env),
    ...checkParts(status),
    ...(postgres.ok ? await checkWork(config, status, env) : []),
    checkCalendars(new Date().toISOString()),
    await prices,
    ...(await providers),
    ...checkServed(config, status),
    ...keysNotSet(config),
    ...checkAlertWays(config.alerts, env),
    ...checkEventWay(env),
  ];
  const temporal = status?.endpoints?.temporal;
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    temporal: {
      address: temporal?.address ?? config.temporal.address,
      namespace: temporal?.namespace ?? config.temporal.namespace,
      ui: temporal?.uiUrl ?? null,
    },
    postgres: { urlFile: databaseUrlFile(homePaths(config.home)) },
    home: config.home,
  };
};
