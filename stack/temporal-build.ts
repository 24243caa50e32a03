// Builds the Temporal CLI with Go where it cannot be downloaded: minutes long, once per machine, and visible.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchTemporalOptions } from './temporal-download';

/** How often the progress line moves. */
const PROGRESS_EVERY_MS = 5_000;
/** Packages that the build compiles, measured for version 1.5.1; for the progress line only. */
const PACKAGES_TOTAL = 1_300;

const elapsed = (sinceMs: number): string => {
  const seconds = Math.round((Date.now() - sinceMs) / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const goEnvironment = (env: NodeJS.ProcessEnv, bin: string, cache: string): NodeJS.ProcessEnv => ({
  ...env,
  GOBIN: bin,
  GOFLAGS: '-trimpath',
  CGO_ENABLED: '0',
  // Go refuses to work without a home; then its caches lie beside the program.
  ...(env.HOME ? {} : { GOPATH: join(cache, 'go'), GOCACHE: join(cache, 'go-build') }),
});

const runGo = (options: FetchTemporalOptions, bin: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const startedMs = Date.now();
    const target = `github.com/temporalio/cli/cmd/temporal@v${options.version}`;
    const child = spawn('go', ['install', '-v', '-ldflags', '-s -w', target], {
      env: goEnvironment(options.env, bin, options.folder),
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(options.signal ? { signal: options.signal } : {}),
    });
    let packages = 0;
    let lastLines = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      packages += text.split('\n').filter((line) => line !== '' && !line.startsWith('go: ')).length;
      lastLines = (lastLines + text).slice(-600);
    });
    const report = (): void =>
      options.onProgress(
        packages === 0
          ? `fetching the Temporal server's sources with Go (${elapsed(startedMs)})`
          : `building the Temporal server with Go: ${packages} of about ${PACKAGES_TOTAL} packages (${elapsed(startedMs)}; once, about 4 minutes)`,
      );
    report();
    const timer = setInterval(report, PROGRESS_EVERY_MS);
    child.once('error', (error) => {
      // Ended early: its folder is removed only once it has gone.
      if (options.signal?.aborted) return;
      clearInterval(timer);
      reject(new Error(`Go is not installed (${error.message})`));
    });
    child.once('close', (code) => {
      clearInterval(timer);
      if (options.signal?.aborted) reject(options.signal.reason);
      else if (code === 0) resolve();
      else
        reject(
          new Error(`go install ended with ${code}: ${lastLines.trim().split('\n').slice(-2).join(' ')}`),
        );
    });
  });

/**
 * Builds the CLI into the folder.
 * @returns the program's path.
 */
export const buildTemporal = async (options: FetchTemporalOptions): Promise<string> => {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(options.folder, '.build-'));
  try {
    await runGo(options, work);
    const target = join(options.folder, 'temporal');
    await rename(join(work, 'temporal'), target);
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
