// Runs `conclave` as people do: a process of its own, whose exit code and both outputs are looked at.
import { spawn } from 'node:child_process';
import { nodeArguments } from '../../config/package-root';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document of `--json`. @throws where stdout is not one. */
  readonly json: <T = Record<string, unknown>>() => T;
}

/** Arguments to `node` that run the command line. */
export const CONCLAVE: readonly string[] = nodeArguments('test/support/run-cli');

/** Runs a command to its end. */
export const conclave = (
  args: readonly string[],
  place: { readonly env: NodeJS.ProcessEnv; readonly home: string },
): Promise<CliResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...CONCLAVE, ...args], {
      env: place.env,
      cwd: place.home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const json = <T>(): T => {
        try {
          return JSON.parse(stdout) as T;
        } catch {
          throw new Error(`not one JSON document (exit code ${code}): ${stdout}\n${stderr}`);
        }
      };
      resolve({ code, stdout, stderr, json });
    });
  });
