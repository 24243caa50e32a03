// Schemathesis, a fuzzer that is driven by the OpenAPI document, in a Python environment of its own under the folder
// for temporary files: made once per machine, when Python and a package index are there.
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSION = '4.32.5';
const FOLDER = join(tmpdir(), `conclave-schemathesis-${VERSION}-${process.getuid?.() ?? 0}`);
const PROGRAM = join(FOLDER, 'bin', 'schemathesis');
const INSTALL_MS = 240_000;

const succeeds = ({ status }: SpawnSyncReturns<Buffer>): boolean => status === 0;

/** The program's path; null where it cannot be had here. */
export const findSchemathesis = (): string | null => {
  if (existsSync(PROGRAM)) return PROGRAM;
  if (!succeeds(spawnSync('python3', ['-c', 'import venv, sys; sys.exit(sys.version_info < (3, 10))'])))
    return null;
  // Scripts name the folder they were made for, so it is made in place; a mark says that it is whole.
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  const made =
    succeeds(spawnSync('python3', ['-m', 'venv', FOLDER], { timeout: INSTALL_MS })) &&
    succeeds(
      spawnSync(join(FOLDER, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`], {
        timeout: INSTALL_MS,
      }),
    );
  if (made) return PROGRAM;
  rmSync(FOLDER, { recursive: true, force: true });
  return null;
};

export interface FuzzResult {
  readonly code: number | null;
  readonly output: string;
  /** Requests that were sent. */
  readonly cases: number;
}

export const runSchemathesis = (program: string, args: readonly string[]): Promise<FuzzResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ['--no-color', 'run', ...args], {
      env: { ...process.env, PYTHONIOENCODING: 'utf8' },
      cwd: FOLDER,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('error', reject);
    child.once('close', (code) => {
      const cases = Number(/(\d[\d,]*) generated/.exec(output)?.[1]?.replaceAll(',', '') ?? 0);
      resolve({ code, output, cases });
    });
  });
