// Bench of start-up: how long a user waits for help, for a first stack and for a later one.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { loadConfig } from '../config/load';
import { assetPath } from '../config/package-root';
import { ensureStack, stopStack } from '../stack/stack';
import { millisecondsOf, quantile } from './support/quantiles';
import { scratchEnvironment, scratchHome } from './support/scratch-postgres';

const HELP_ROUNDS = 7;
const WARM_ROUNDS = 3;

const helpMs = (): number => {
  const start = performance.now();
  const result = spawnSync(process.execPath, [assetPath('bin', 'conclave.js'), '--help'], {
    stdio: 'ignore',
  });
  if (result.status !== 0) throw new Error(`conclave --help ended with ${result.status}`);
  return performance.now() - start;
};

/** Bare Node without any code of ours: the floor of every command. */
const nodeMs = (): number => {
  const start = performance.now();
  spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  return performance.now() - start;
};

const stackMs = async (env: NodeJS.ProcessEnv): Promise<number> => {
  const config = loadConfig({ env, cwd: tmpdir() });
  try {
    return await millisecondsOf(async () => (await ensureStack({ config, env })).release());
  } finally {
    await stopStack(config);
  }
};

/**
 * Milliseconds until `conclave --help` has printed, and until a stack serves: the first one of a data folder
 * (cluster made, migrations applied; the Temporal program is there already) and later ones.
 */
export const run = async (): Promise<Record<string, unknown>> => {
  const help: number[] = [];
  const node: number[] = [];
  for (let round = 0; round < HELP_ROUNDS; round += 1) {
    help.push(helpMs());
    node.push(nodeMs());
  }
  const { home, remove } = scratchHome('start');
  const env = scratchEnvironment(home);
  try {
    const firstStackMs = await stackMs(env);
    const warm: number[] = [];
    for (let round = 0; round < WARM_ROUNDS; round += 1) warm.push(await stackMs(env));
    return {
      helpMs: quantile(help, 0.5),
      helpFloorMs: quantile(node, 0.5),
      firstStackMs,
      warmStackMs: quantile(warm, 0.5),
      warmRounds: WARM_ROUNDS,
    };
  } finally {
    remove();
  }
};
