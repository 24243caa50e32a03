// A build of the Temporal server that is ended early leaves neither Go nor its folder behind.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../stack/process-identity';
import { temporalBinary } from '../../stack/temporal-binary';
import { buildTemporal } from '../../stack/temporal-build';

const root = mkdtempSync(join(tmpdir(), 'conclave-build-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A Go that says its number, which calls back, and then builds for ever. */
const slowGo = (onStart: () => void): { readonly env: NodeJS.ProcessEnv; readonly pid: () => number } => {
  const program = mkdtempSync(join(root, 'go-'));
  const note = join(program, 'pid');
  writeFileSync(join(program, 'go'), `#!/bin/sh\necho $$ > '${note}'\nexec sleep 600\n`, { mode: 0o755 });
  const look = setInterval(() => {
    try {
      if (!readFileSync(note, 'utf8').endsWith('\n')) return;
    } catch {
      return;
    }
    clearInterval(look);
    onStart();
  }, 10);
  const env = { PATH: `${program}:/usr/bin:/bin`, HOME: program, CONCLAVE_CACHE: join(program, 'cache') };
  return { env, pid: () => Number(readFileSync(note, 'utf8')) };
};

test('a build that is ended early ends Go and removes its folder', async () => {
  const stop = new AbortController();
  const reason = new Error('asked to stop');
  const { env, pid } = slowGo(() => stop.abort(reason));
  const folder = mkdtempSync(join(root, 'bin-'));
  const options = { folder, version: '1.5.1', env, onProgress: () => undefined, signal: stop.signal };
  await expect(buildTemporal(options)).rejects.toBe(reason);
  expect(isRunning(pid())).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test('a search that was ended early is not a server that is missing', async () => {
  const reason = new Error('asked to stop');
  const search = temporalBinary({
    configured: null,
    homeBin: mkdtempSync(join(root, 'home-')),
    madeBy: null,
    env: { PATH: '', HOME: root, CONCLAVE_CACHE: join(root, 'none') },
    onProgress: () => undefined,
    signal: AbortSignal.abort(reason),
  });
  await expect(search).rejects.toBe(reason);
});
