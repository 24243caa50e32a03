// Finds a Temporal CLI, in the order: configured, on PATH, cached from before, downloaded, built by Go.
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describeError, StackError } from './stack-error';
import { buildTemporal } from './temporal-build';
import { downloadTemporal } from './temporal-download';

/** Newer tags carry a `replace` directive, which `go install` refuses. */
const TEMPORAL_CLI_VERSION = '1.5.1';

const execFileAsync = promisify(execFile);

export interface TemporalBinaryOptions {
  /** Path from the configuration, or null. */
  readonly configured: string | null;
  /** Folder of this home's programs. */
  readonly homeBin: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
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

const cached = (options: TemporalBinaryOptions): readonly string[] => [
  join(options.homeBin, 'temporal'),
  join(sharedCacheFolder(options.env), 'bin', 'temporal'),
];

const runsHere = async (file: string): Promise<boolean> => {
  try {
    const { stdout } = await execFileAsync(file, ['--version'], { timeout: 20_000 });
    return /temporal version/i.test(stdout);
  } catch {
    return false;
  }
};

/** The first usable CLI without fetching or building one, or null. */
export const findTemporal = async (
  options: Omit<TemporalBinaryOptions, 'onProgress'>,
): Promise<string | null> => {
  if (options.configured !== null) {
    if (isProgram(options.configured) && (await runsHere(options.configured))) return options.configured;
    throw new StackError({
      code: 'temporal_missing',
      message: `The configured Temporal CLI ${options.configured} is not a program that runs here.`,
      fix: 'Correct CONCLAVE_TEMPORAL_CLI (or temporal.cli in the configuration), or remove it to let one be found.',
    });
  }
  for (const file of [...onPath(options.env), ...cached({ ...options, onProgress: () => undefined })]) {
    if (isProgram(file) && (await runsHere(file))) return file;
  }
  return null;
};

/**
 * Path of a Temporal CLI that runs here, fetched or built into the cache where there is none.
 * @throws StackError `temporal_missing` that lists the choices.
 */
export const temporalBinary = async (options: TemporalBinaryOptions): Promise<string> => {
  const found = await findTemporal(options);
  if (found !== null) return found;
  const folder = options.env.CONCLAVE_CACHE ? join(options.env.CONCLAVE_CACHE, 'bin') : options.homeBin;
  const reasons: string[] = [];
  for (const [name, make] of [
    ['download', downloadTemporal],
    ['build', buildTemporal],
  ] as const) {
    try {
      const file = await make({ ...options, folder, version: TEMPORAL_CLI_VERSION });
      if (await runsHere(file)) return file;
      reasons.push(`${name}: the result does not run here`);
    } catch (error) {
      reasons.push(`${name}: ${describeError(error)}`);
    }
  }
  throw new StackError({
    code: 'temporal_missing',
    message: `No Temporal server was found, and none could be fetched (${reasons.join('; ')}).`,
    fix: `Do one of these: install the Temporal CLI so that \`temporal\` is on PATH; name it in CONCLAVE_TEMPORAL_CLI; install Go 1.25 or newer so that it can be built; or set TEMPORAL_ADDRESS to a server you run yourself.`,
  });
};
