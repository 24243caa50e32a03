// A real Postgres and a real Temporal server for integration tests: started once, shared by all test files and
// processes through the supervisor's own lock, and ended by it some seconds after the last of them.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Config, loadConfig } from '../../config/load';
import { PACKAGE_ROOT } from '../../config/package-root';
import { migrate } from '../../db/migrate';
import { ensureStack, type StackHandle } from '../../stack/stack';

/** Settings of a throwaway stack: any ports, no workers, no API, nothing kept safe from a power cut. */
export const TEST_STACK_YAML = `ports: { postgres: 0, temporal: 0, temporalUi: 0, api: 0 }
stack: { workers: 0, api: false, lingerSeconds: 20, durable: false }
`;

/** The environment without settings that would lead a test to the user's own servers or keys. */
export const cleanEnvironment = (home: string): NodeJS.ProcessEnv => {
  const dropped =
    /^(DATABASE_URL|TEMPORAL_|CONCLAVE_(?!TEMPORAL_CLI|CACHE)|OLLAMA_HOST)|_API_KEY$|_BASE_URL$/;
  const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name));
  const cache =
    process.env.CONCLAVE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'conclave');
  return { ...Object.fromEntries(kept), CONCLAVE_HOME: home, CONCLAVE_CACHE: cache };
};

/** Configuration of a test's own data folder with these settings. */
export const testConfig = (
  home: string,
  yaml = TEST_STACK_YAML,
): { config: Config; env: NodeJS.ProcessEnv } => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'config.yaml'), yaml);
  const env = cleanEnvironment(home);
  return { env, config: loadConfig({ env, cwd: home }) };
};

const sharedHome = (): string => {
  const name = createHash('sha256').update(PACKAGE_ROOT).digest('hex').slice(0, 10);
  return join(tmpdir(), `conclave-test-${process.getuid?.() ?? 0}-${name}`);
};

let shared: Promise<StackHandle> | null = null;

/** The shared stack of this machine's test runs: migrated `conclave` database, Temporal with search attributes. */
export const testStack = (): Promise<StackHandle> => {
  shared ??= ensureStack(testConfig(sharedHome()));
  return shared;
};

const withAdmin = async <T>(url: string, use: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
};

const withDatabase = (url: string, database: string): string => {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.toString();
};

/** Changes with the migrations, so that an old template is never cloned. */
const templateName = async (): Promise<string> => {
  const journal = join(PACKAGE_ROOT, 'db', 'migrations', 'meta', '_journal.json');
  const hash = createHash('sha256');
  if (existsSync(journal)) {
    const { readFile } = await import('node:fs/promises');
    hash.update(await readFile(journal));
    const { entries } = JSON.parse(await readFile(journal, 'utf8')) as { entries: { tag: string }[] };
    for (const { tag } of entries)
      hash.update(await readFile(join(PACKAGE_ROOT, 'db', 'migrations', `${tag}.sql`)));
  }
  return `template_${hash.digest('hex').slice(0, 12)}`;
};

/** Any number no one else locks by on the administration database. */
const TEMPLATE_LOCK = 77_120_044;

const ensureTemplate = async (url: string): Promise<string> => {
  const name = await templateName();
  await withAdmin(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [
      name,
    ]);
    if (found.rowCount) return;
    await client.query(`drop database if exists ${name}`);
    await client.query(`create database ${name}`);
    await migrate(withDatabase(url, name));
    await client.query(`alter database ${name} is_template true`);
  });
  return name;
};

let template: Promise<string> | null = null;

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const databaseFrom = async (template: string): Promise<FreshDatabase> => {
  const { databaseUrl } = await testStack();
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  await withAdmin(databaseUrl, (client) => client.query(`create database ${name} template ${template}`));
  const drop = async (): Promise<void> => {
    await withAdmin(databaseUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
  };
  return { url: withDatabase(databaseUrl, name), drop };
};

/** An own, migrated, empty database in about 50 ms: a clone of a template. Drop it in `afterAll`. */
export const freshDatabase = async (): Promise<FreshDatabase> => {
  const { databaseUrl } = await testStack();
  template ??= ensureTemplate(databaseUrl);
  return databaseFrom(await template);
};

/** An own database without a single table. Drop it in `afterAll`. */
export const bareDatabase = (): Promise<FreshDatabase> => databaseFrom('template0');

/** `host:port` of the shared Temporal server. */
export const temporalAddress = async (): Promise<string> => (await testStack()).temporal.address;

/** A prefix for task queues and workflow ids that no other test uses. */
export const uniquePrefix = (): string => `t${process.pid}-${randomBytes(4).toString('hex')}`;
