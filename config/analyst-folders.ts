// Where users keep analysts of their own. A folder that somebody names must be there when a stack is started or
// analysts are read, or its analysts would be left out without a word; what needs no analysts does without it.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from './config-error';
import { expandHome } from './places';

const VARIABLE = 'CONCLAVE_ANALYSTS';
const ENVIRONMENT = `environment variable ${VARIABLE}`;

export interface AnalystFolder {
  /** Absolute. */
  readonly path: string;
  /** The variable or option by which somebody named it, for errors; null: the data folder's, which may be absent. */
  readonly namedBy: string | null;
}

/** The folder that the environment names, absolute; null without one. */
export const configuredAnalysts = (env: NodeJS.ProcessEnv, cwd: string): string | null => {
  const text = env[VARIABLE]?.trim();
  return text ? resolve(cwd, expandHome(text, env)) : null;
};

/** What is wrong with a path as a folder, in words; null where a folder is. */
const folderFault = (path: string): string | null => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return `${path} is not there`;
  return found.isDirectory() ? null : `${path} is no folder`;
};

/** For who starts a stack. @throws ConfigError where the environment names a folder that is none. */
export const checkAnalystsFolder = ({ analystsFolder }: { readonly analystsFolder: string | null }): void => {
  const message = analystsFolder === null ? null : folderFault(analystsFolder);
  if (message !== null) throw new ConfigError([{ where: ENVIRONMENT, setting: '', message }]);
};

/** Paths to read analysts from. @throws RangeError for a folder that somebody named and that is none. */
export const foldersToRead = (folders: readonly AnalystFolder[]): readonly string[] =>
  folders.flatMap(({ path, namedBy }) => {
    const fault = folderFault(path);
    if (fault !== null && namedBy !== null)
      throw new RangeError(`${namedBy}: ${fault}; accepted: a folder with files of analysts`);
    return fault === null ? [path] : [];
  });

/** For processes that begin elsewhere: the variable as an absolute path. */
export const analystEnvironment = (folder: string | null): NodeJS.ProcessEnv =>
  folder === null ? {} : { [VARIABLE]: folder };

/** The data folder's, then the one that an option names or else the environment. */
export const analystFolders = (
  { home, analystsFolder }: { readonly home: string; readonly analystsFolder: string | null },
  given?: { readonly path: string; readonly option: string },
): readonly AnalystFolder[] => {
  const own: AnalystFolder[] = [];
  if (given) own.push({ path: given.path && resolve(given.path), namedBy: given.option });
  else if (analystsFolder !== null) own.push({ path: analystsFolder, namedBy: ENVIRONMENT });
  return [{ path: join(home, 'analysts'), namedBy: null }, ...own];
};
