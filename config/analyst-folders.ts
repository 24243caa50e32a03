// Where users keep analysts of their own.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ConfigProblem } from './config-error';
import { expandHome } from './places';

const VARIABLE = 'CONCLAVE_ANALYSTS';

/** The folder that the environment names, absolute; null without one. */
export const configuredAnalysts = (env: NodeJS.ProcessEnv, cwd: string): string | null => {
  const text = env[VARIABLE]?.trim();
  return text ? resolve(cwd, expandHome(text, env)) : null;
};

/** One that is not there would leave its analysts out without a word. */
export const analystFolderProblems = (folder: string | null): readonly ConfigProblem[] =>
  folder === null || statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? []
    : [
        {
          where: `environment variable ${VARIABLE}`,
          setting: '',
          message: `names ${folder}, where no folder is`,
        },
      ];

/** For processes that begin elsewhere: the variable as an absolute path. */
export const analystEnvironment = (folder: string | null): NodeJS.ProcessEnv =>
  folder === null ? {} : { [VARIABLE]: folder };

/** The data folder's, then the given or the configured one. */
export const analystFolders = (
  { home, analystsFolder }: { readonly home: string; readonly analystsFolder: string | null },
  given?: string,
): readonly string[] => {
  const own = given ?? analystsFolder;
  return [join(home, 'analysts'), ...(own ? [resolve(own)] : [])];
};
