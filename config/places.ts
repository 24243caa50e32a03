// Where the data folder and the configuration file are, before anything has been read.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Data folder below the home folder. */
const DEFAULT_HOME = '.conclave';

/** `~` is the home folder of the environment given. */
export const expandHome = (path: string, env: NodeJS.ProcessEnv): string =>
  path.replace(/^~(?=\/|$)/, env.HOME || homedir());

/** The data folder where nothing else is said. */
export const usualHome = (env: NodeJS.ProcessEnv): string => join(env.HOME || homedir(), DEFAULT_HOME);

/** CONCLAVE_CONFIG (`none` reads no file), else conclave.yaml here, else config.yaml in the data folder. */
export const findFile = (
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
  given?: string,
): string | null => {
  const named = given ?? env.CONCLAVE_CONFIG;
  if (named === 'none') return null;
  if (named) return resolve(cwd, expandHome(named, env));
  const home = env.CONCLAVE_HOME ? resolve(cwd, expandHome(env.CONCLAVE_HOME, env)) : usualHome(env);
  return [join(cwd, 'conclave.yaml'), join(home, 'config.yaml')].find((file) => existsSync(file)) ?? null;
};
