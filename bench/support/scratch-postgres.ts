// A Postgres of a bench's own, embedded and migrated, in a folder that is removed afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { migrate } from '../../db/migrate';
import { withDatabaseAlone } from '../../stack/database-alone';

/** Any free ports, no settings of the user's own stack. */
export const scratchEnvironment = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  CONCLAVE_HOME: home,
  CONCLAVE_CONFIG: 'none',
  CONCLAVE_POSTGRES_PORT: '0',
  CONCLAVE_TEMPORAL_PORT: '0',
  CONCLAVE_TEMPORAL_UI_PORT: '0',
  CONCLAVE_API_PORT: '0',
  DATABASE_URL: '',
  TEMPORAL_ADDRESS: '',
});

/** An empty folder for a data folder; the caller removes it. */
export const scratchHome = (name: string): { readonly home: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), `conclave-bench-${name}-`));
  return { home: join(folder, 'home'), remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** Runs `work` with the address of a migrated database; stops and removes the server afterwards. */
export const withScratchPostgres = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
  const { home, remove } = scratchHome('postgres');
  const env = scratchEnvironment(home);
  const config = loadConfig({ env, cwd: tmpdir() });
  try {
    return await withDatabaseAlone({ config, env }, async (url) => {
      await migrate(url);
      return work(url);
    });
  } finally {
    remove();
  }
};
