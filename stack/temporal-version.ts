// Which server made the histories of a data folder. The embedded server makes its file's schema only where there is no
// file, and never changes it: a program of another minor version must not be started on it.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HomePaths, readTextIfPresent, writePrivateFile } from './home';
import { StackError } from './stack-error';

const execFileAsync = promisify(execFile);

/** The embedded server's histories. */
export const historiesFile = (paths: HomePaths): string => join(paths.temporal, 'temporal.db');

const noteFile = (paths: HomePaths): string => join(paths.temporal, 'made-by');

/** The program's own words about its version; null where it is no Temporal CLI that runs here. */
export const versionOf = async (program: string): Promise<string | null> => {
  try {
    const { stdout } = await execFileAsync(program, ['--version'], { timeout: 20_000 });
    return /temporal version/i.test(stdout) ? stdout.trim() : null;
  } catch {
    return null;
  }
};

/** `1.29` of `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`; the whole text where no server is named. */
const schemaOf = (version: string): string => /server (\d+\.\d+)\./i.exec(version)?.[1] ?? version;

/** Whether a program of this version may open histories that one of that version made. */
export const opens = (version: string, madeBy: string): boolean => schemaOf(version) === schemaOf(madeBy);

/** The version that made the histories; null where there are none, or an earlier Conclave did not note it. */
export const histories = async (paths: HomePaths): Promise<string | null> => {
  const isThere = await access(historiesFile(paths)).then(
    () => true,
    () => false,
  );
  return isThere ? await readTextIfPresent(noteFile(paths)) : null;
};

/** Notes the version that serves the histories, once it does. */
export const noteVersion = async (paths: HomePaths, version: string): Promise<void> => {
  if ((await readTextIfPresent(noteFile(paths))) !== version)
    await writePrivateFile(noteFile(paths), `${version}\n`);
};

/** What is said where no program here may open the histories. */
export const otherVersion = (program: string, version: string, madeBy: string): StackError =>
  new StackError({
    code: 'temporal_missing',
    message: `The data folder's Temporal histories were made by "${madeBy}", and ${program} is "${version}", which cannot be trusted with them.`,
    fix: "Name a program of the earlier server version in CONCLAVE_TEMPORAL_CLI; or run `conclave down` and move temporal.db out of the data folder's temporal/, which gives up open work and schedules (`conclave schedules sync` makes those again).",
  });
