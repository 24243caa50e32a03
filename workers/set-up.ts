// Program: prepares servers that Conclave does not start itself: applies the migrations and registers the
// search attributes. Run it before the workers of a new version; repeating it changes nothing.
import { loadConfig } from '../config/load';
import { redact } from '../config/redact';
import { readSecret } from '../config/secrets';
import { migrate } from '../db/migrate';
import { registerSearchAttributes } from '../stack/temporal-check';
import { SEARCH_ATTRIBUTES } from '../workflows/contracts/search-attributes';

const required = (name: string, value: string | null): string => {
  if (value) return value;
  throw new Error(`${name} is not set: it names the server to prepare`);
};

const setUp = async (): Promise<void> => {
  const config = loadConfig();
  const { namespace, tls, apiKeyName } = config.temporal;
  const apiKey = apiKeyName ? readSecret(apiKeyName) : null;
  const databaseUrl = config.databaseUrlName ? readSecret(config.databaseUrlName) : null;
  const address = required('TEMPORAL_ADDRESS', config.temporal.address);
  await migrate(required('DATABASE_URL', databaseUrl));
  await registerSearchAttributes(
    { address, namespace, tls, ...(apiKey ? { apiKey } : {}) },
    SEARCH_ATTRIBUTES,
  );
  process.stderr.write(`schema and search attributes are up to date (${address}, namespace ${namespace})\n`);
};

setUp().catch((error: unknown) => {
  process.stderr.write(`${redact(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 1;
});
