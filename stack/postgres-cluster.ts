// Creates the embedded cluster and its password. The server never needs to enter the folders above its data:
// it is started inside it, so that the data folder can stay closed to everyone else (Linux, as root).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type HomePaths, readTextIfPresent, writePrivateFile } from './home';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries';
import { clusterAccount, mayEnter, type RunAs } from './postgres-user';
import { StackError } from './stack-error';

/** Name of the cluster's superuser and of the database. */
export const POSTGRES_USER = 'conclave';
export const POSTGRES_DATABASE = 'conclave';

export interface Cluster {
  readonly binaries: PostgresBinaries;
  /** Real path of the data folder; the programs are started in it. */
  readonly dataFolder: string;
  /** How the programs are told the data folder. */
  readonly dataArgument: string;
  readonly account: RunAs | null;
  readonly password: string;
}

interface RunResult {
  readonly status: number | null;
  readonly output: string;
}

/** Environment of the Postgres programs: fixed messages, nothing of ours, no secrets. */
export const postgresEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  LC_ALL: 'C',
  TZ: 'UTC',
});

const run = (cluster: Cluster, program: string, args: readonly string[], input = ''): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: cluster.dataFolder,
      env: postgresEnvironment(),
      ...(cluster.account ?? {}),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output: output.trim() }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });

const failed = (what: string, detail: string): StackError =>
  new StackError({
    code: 'postgres_failed',
    message: `${what}: ${detail.split('\n').slice(-4).join(' ').trim()}`,
    fix: 'See `conclave doctor`; set DATABASE_URL to use a Postgres you run yourself.',
  });

/** On Linux a server may name its own working directory, whatever lies above it. */
const dataArgumentFor = (folder: string, account: RunAs | null): string => {
  if (mayEnter(folder, account)) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new StackError({
    code: 'postgres_failed',
    message: `Postgres cannot run as root, and the account it runs as may not enter ${folder}.`,
    fix: 'Run as an ordinary user, or set CONCLAVE_HOME to a folder that other users may enter.',
  });
};

const initialise = async (cluster: Cluster): Promise<void> => {
  const result = await run(cluster, cluster.binaries.initdb, [
    '-D',
    cluster.dataArgument,
    '-U',
    POSTGRES_USER,
    '--auth-local=reject',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]);
  if (result.status !== 0) throw failed('The database cluster could not be created', result.output);
};

const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Sets the password without a running server, so that it also mends a lost password file. */
const setPassword = async (cluster: Cluster): Promise<void> => {
  const sql = `ALTER ROLE ${POSTGRES_USER} PASSWORD ${quoteLiteral(cluster.password)};\n`;
  const result = await run(
    cluster,
    cluster.binaries.postgres,
    ['--single', '-D', cluster.dataArgument, 'postgres'],
    sql,
  );
  if (result.status !== 0 || /ERROR|FATAL/.test(result.output)) {
    throw failed(
      'The password of the database cluster could not be set',
      result.output.replaceAll(cluster.password, '***'),
    );
  }
};

/** Without the mark of completion the folder is an initialisation that was cut off: nothing was ever stored in it. */
const makeDataFolder = async (folder: string, account: RunAs | null): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
};

const isInitialised = (folder: string): boolean =>
  existsSync(join(folder, 'PG_VERSION')) && existsSync(`${folder}.ready`);

const requireSameMajor = async (folder: string): Promise<void> => {
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version !== '18') {
    throw new StackError({
      code: 'postgres_failed',
      message: `The database cluster in ${folder} was made by Postgres ${version}; this version runs 18.`,
      fix: 'Export it with the version that made it, or move the folder away to start anew.',
    });
  }
};

/**
 * Makes sure that the cluster and its password exist. No server may run on it.
 * @throws StackError `postgres_binaries_missing` or `postgres_failed`.
 */
export const prepareCluster = async (
  paths: HomePaths,
  onProgress: (text: string) => void,
): Promise<Cluster> => {
  const dataFolder = join(paths.postgres, 'data');
  const passwordFile = join(paths.secrets, 'postgres-password');
  const account = clusterAccount(dataFolder);
  const binaries = await postgresBinaries(paths.bin, account);
  const known = await readTextIfPresent(passwordFile);
  const password = known || randomBytes(24).toString('base64url');
  const isNew = !isInitialised(dataFolder);
  if (isNew) await makeDataFolder(dataFolder, account);
  const cluster: Cluster = {
    binaries,
    dataFolder,
    dataArgument: dataArgumentFor(dataFolder, account),
    account,
    password,
  };
  if (isNew) {
    onProgress('creating the database cluster');
    await initialise(cluster);
  } else {
    await requireSameMajor(dataFolder);
  }
  if (isNew || !known) {
    await setPassword(cluster);
    await writePrivateFile(passwordFile, `${password}\n`);
    await writePrivateFile(`${dataFolder}.ready`, 'complete\n');
  }
  return cluster;
};

/** Where a running server notes its process. */
export const postmasterFile = (dataFolder: string): string => join(dataFolder, 'postmaster.pid');

/** Sets a stale postmaster file aside, whose process is gone or belongs to someone else. */
export const removeStalePostmasterFile = async (dataFolder: string): Promise<void> => {
  await rename(postmasterFile(dataFolder), `${postmasterFile(dataFolder)}.stale`).catch(() => undefined);
};
