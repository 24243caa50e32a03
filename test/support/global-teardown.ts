// Ends the stacks that a run's test files shared, and removes their folder.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { stopStack } from '../../stack/stack';
import { cleanEnvironment } from './test-stack';

const teardown = async (): Promise<void> => {
  const folder = process.env.CONCLAVE_TEST_RUN_HOME;
  if (!folder || !existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const home = join(folder, name);
    await stopStack(loadConfig({ env: cleanEnvironment(home), cwd: home })).catch(() => false);
  }
  rmSync(folder, { recursive: true, force: true });
};

export default teardown;
