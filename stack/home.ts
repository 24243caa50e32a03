// The data folder: one per user, entered by its owner only, holding clusters, binaries, logs, secrets and the
// state of the running stack.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeError, StackError, systemCode } from './stack-error';

export interface HomePaths {
  readonly root: string;
  /** State of the running stack: lock, socket, remembered ports, process records. */
  readonly run: string;
  readonly logs: string;
  /** Random passwords and the effective database address, each a file of mode 0600. */
  readonly secrets: string;
  /** The embedded cluster. */
  readonly postgres: string;
  /** The embedded Temporal server's storage. */
  readonly temporal: string;
  /** Downloaded or built programs. */
  readonly bin: string;
}

export const homePaths = (root: string): HomePaths => ({
  root,
  run: join(root, 'run'),
  logs: join(root, 'logs'),
  secrets: join(root, 'secrets'),
  postgres: join(root, 'postgres'),
  temporal: join(root, 'temporal'),
  bin: join(root, 'bin'),
});

/** File that holds the effective database address, mode 0600. */
export const databaseUrlFile = (paths: HomePaths): string => join(paths.secrets, 'database-url');

/** Below this the first run (cluster, history, logs) may not fit. */
const MINIMUM_FREE_BYTES = 200 * 1024 * 1024;

const unwritable = (root: string, error: unknown): StackError =>
  systemCode(error) === 'ENOSPC'
    ? diskFull(root)
    : new StackError({
        code: 'home_unwritable',
        message: `The data folder ${root} cannot be written (${describeError(error)}).`,
        fix: 'Make it writable for you, or set CONCLAVE_HOME to a folder that is.',
        cause: error,
      });

const diskFull = (root: string): StackError =>
  new StackError({
    code: 'disk_full',
    message: `The disk that holds the data folder ${root} has less than ${MINIMUM_FREE_BYTES / 1024 / 1024} MB free.`,
    fix: 'Free some space, or set CONCLAVE_HOME to a folder on another disk.',
  });

/** A name beside `file` that no other process, and no other call of this one, takes. */
const ownName = (file: string): string => `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

const probeWritable = async (paths: HomePaths): Promise<void> => {
  const probe = ownName(join(paths.run, '.probe'));
  await writeFile(probe, 'x'.repeat(4096));
  await unlink(probe);
};

/** One folder at a time: asked for all at once, Node never comes back from a place such as /proc. */
const makeFolders = async (folder: string): Promise<void> => {
  try {
    await access(folder);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    if (dirname(folder) !== folder) await makeFolders(dirname(folder));
    await mkdir(folder, { mode: 0o700 }).catch((refused) => {
      if (systemCode(refused) !== 'EEXIST') throw refused;
    });
  }
};

const isMissingOrEmpty = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    (names) => names.length === 0,
    (error: unknown) => systemCode(error) === 'ENOENT',
  );

/**
 * Creates the data folder (mode 0700) where missing and checks that it can be written and has room. One that holds
 * anything, which may be another's, keeps its mode; what is made in it has 0700.
 * @throws StackError `home_unwritable` or `disk_full`.
 */
export const prepareHome = async (root: string): Promise<HomePaths> => {
  let paths = homePaths(root);
  try {
    const isNew = await isMissingOrEmpty(root);
    await makeFolders(root);
    paths = homePaths(await realpath(root));
    await access(root, constants.W_OK);
    for (const folder of [paths.run, paths.logs, paths.secrets, paths.postgres, paths.temporal, paths.bin]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    if (isNew) await chmod(root, 0o700).catch(() => undefined);
    await probeWritable(paths);
  } catch (error) {
    throw unwritable(root, error);
  }
  const space = await statfs(root).catch(() => null);
  if (space && space.bavail * space.bsize < MINIMUM_FREE_BYTES) throw diskFull(root);
  return paths;
};

/**
 * The paths of a data folder that has been used, without writing to it: what stops a stack or talks to one that runs
 * must not need room. Null where there is none, or it cannot be entered.
 */
const usedHome = async (root: string): Promise<HomePaths | null> => {
  try {
    const paths = homePaths(await realpath(root));
    await access(paths.run, constants.R_OK | constants.X_OK);
    return paths;
  } catch {
    return null;
  }
};

/** `usedHome`, or else `prepareHome`. @throws StackError `home_unwritable` or `disk_full`. */
export const findHome = async (root: string): Promise<HomePaths> =>
  (await usedHome(root)) ?? (await prepareHome(root));

/** Writes a whole file or nothing, readable by its owner only. */
export const writePrivateFile = async (file: string, text: string): Promise<void> => {
  const temporary = ownName(file);
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
};

/** The file's text without surrounding blanks, or null where it does not exist. */
export const readTextIfPresent = async (file: string): Promise<string | null> => {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw error;
  }
};

/** Parsed JSON of a state file, or null where it is missing or was cut off; state files can be rebuilt. */
export const readStateFile = async <T>(file: string): Promise<T | null> => {
  const text = await readTextIfPresent(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
};
