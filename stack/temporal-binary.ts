// Finds a Temporal CLI, in the order: configured, on PATH, cached from before, downloaded, built by Go. Where there are
// histories, only one that may open them.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describeError, StackError } from './stack-error';
import { buildTemporal } from './temporal-build';
import { downloadTemporal } from './temporal-download';
import { opens, otherVersion, versionOf } from './temporal-version';

/** Newer tags carry a `replace` directive, which `go install` refuses. */
const TEMPORAL_CLI_VERSION = '1.5.1';

export interface TemporalBinaryOptions {
  /** Path from the configuration, or null. */
  readonly configured: string | null;
  /** Folder of this home's programs. */
  readonly homeBin: string;
  /** Version that made the histories to be served; null: any will do. */
  readonly madeBy: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  /** Ends the fetching or building early. */
  readonly signal?: AbortSignal | undefined;
}

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** Folder that several data folders of one machine share: CONCLAVE_CACHE, else the user's cache folder. */
const sharedCacheFolder = (env: NodeJS.ProcessEnv): string =>
  env.CONCLAVE_CACHE || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'conclave');

const onPath = (env: NodeJS.ProcessEnv): readonly string[] =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'temporal'));

const cached = ({ homeBin, env }: Pick<TemporalBinaryOptions, 'homeBin' | 'env'>): readonly string[] => [
  join(homeBin, 'temporal'),
  join(sharedCacheFolder(env), 'bin', 'temporal'),
];

/** A CLI that runs here. */
export interface TemporalProgram {
  readonly path: string;
  readonly version: string;
}

const programAt = async (path: string): Promise<TemporalProgram | null> => {
  const version = isProgram(path) ? await versionOf(path) : null;
  return version === null ? null : { path, version };
};

const configuredProgram = async (path: string): Promise<TemporalProgram> => {
  const program = await programAt(path);
  if (program) return program;
  throw new StackError({
    code: 'temporal_missing',
    message: `The configured Temporal CLI ${path} is not a program that runs here.`,
    fix: 'Correct CONCLAVE_TEMPORAL_CLI (or temporal.cli in the configuration), or remove it to let one be found.',
  });
};

const assertOpens = (program: TemporalProgram, madeBy: string | null): TemporalProgram => {
  if (madeBy === null || opens(program.version, madeBy)) return program;
  throw otherVersion(program.path, program.version, madeBy);
};

/**
 * The first usable CLI without fetching or building one, or null.
 * @throws StackError `temporal_missing` where the configured one does not run, or none here may open the histories.
 */
export const findTemporal = async (
  options: Omit<TemporalBinaryOptions, 'onProgress' | 'signal'>,
): Promise<TemporalProgram | null> => {
  const { configured, madeBy, env } = options;
  if (configured !== null) return assertOpens(await configuredProgram(configured), madeBy);
  let other: TemporalProgram | null = null;
  for (const path of [...onPath(env), ...cached(options)]) {
    const program = await programAt(path);
    if (program && (madeBy === null || opens(program.version, madeBy))) return program;
    other ??= program;
  }
  return other && assertOpens(other, madeBy);
};

/**
 * A Temporal CLI that runs here, fetched or built into the cache where there is none.
 * @throws StackError `temporal_missing` that lists the choices; the signal's reason where it was ended early.
 */
export const temporalBinary = async (options: TemporalBinaryOptions): Promise<TemporalProgram> => {
  const found = await findTemporal(options);
  if (found !== null) return found;
  const folder = options.env.CONCLAVE_CACHE ? join(options.env.CONCLAVE_CACHE, 'bin') : options.homeBin;
  const reasons: string[] = [];
  for (const [name, make] of [
    ['download', downloadTemporal],
    ['build', buildTemporal],
  ] as const) {
    try {
      const program = await programAt(await make({ ...options, folder, version: TEMPORAL_CLI_VERSION }));
      if (program) return assertOpens(program, options.madeBy);
      reasons.push(`${name}: the result does not run here`);
    } catch (error) {
      if (error instanceof StackError) throw error;
      options.signal?.throwIfAborted();
      reasons.push(`${name}: ${describeError(error)}`);
    }
  }
  throw new StackError({
    code: 'temporal_missing',
    message: `No Temporal server was found, and none could be fetched (${reasons.join('; ')}).`,
    fix: `Do one of these: install the Temporal CLI so that \`temporal\` is on PATH; name it in CONCLAVE_TEMPORAL_CLI; install Go 1.25 or newer so that it can be built; or set TEMPORAL_ADDRESS to a server you run yourself.`,
  });
};
