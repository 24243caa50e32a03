// Fetches the Temporal CLI from its makers' download address. Machines without the open internet must notice
// within seconds, so that the build can begin.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { promisify } from 'node:util';

/** The answer's first byte. */
const ANSWER_TIMEOUT_MS = 4_000;
/** The whole of about 100 MB. */
const TRANSFER_TIMEOUT_MS = 300_000;

export interface FetchTemporalOptions {
  /** Folder that receives the program `temporal`. */
  readonly folder: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

const downloadAddress = (version: string): string => {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  return `https://temporal.download/cli/archive/v${version}?platform=${process.platform}&arch=${arch}`;
};

const request = async (address: string, ended?: AbortSignal): Promise<ReadableStream> => {
  const abort = new AbortController();
  const answerTimer = setTimeout(() => abort.abort(new Error('no answer within 4 s')), ANSWER_TIMEOUT_MS);
  const transferTimer = setTimeout(() => abort.abort(new Error('too slow')), TRANSFER_TIMEOUT_MS);
  transferTimer.unref();
  const signal = ended ? AbortSignal.any([abort.signal, ended]) : abort.signal;
  try {
    const response = await fetch(address, { signal });
    if (!response.ok || !response.body) throw new Error(`the download server answered ${response.status}`);
    return response.body as ReadableStream;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(answerTimer);
  }
};

/**
 * Downloads the CLI into the folder.
 * @returns the program's path.
 */
export const downloadTemporal = async (options: FetchTemporalOptions): Promise<string> => {
  const body = await request(downloadAddress(options.version), options.signal);
  options.onProgress(`downloading the Temporal server ${options.version} (once, about 100 MB)`);
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(options.folder, '.download-'));
  try {
    const archive = join(work, 'temporal.tar.gz');
    await pipeline(Readable.fromWeb(body), createWriteStream(archive));
    await promisify(execFile)('tar', ['-xzf', archive, '-C', work]);
    await chmod(join(work, 'temporal'), 0o755);
    const target = join(options.folder, 'temporal');
    await rename(join(work, 'temporal'), target);
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
