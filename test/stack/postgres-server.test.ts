// The embedded server's flags: it has connections for all workers that the configuration may ask for. And the server that a
// killed stack left on the same data, by whatever path.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../stack/postgres-cluster';
import { endLeftoverPostgres, serverArguments } from '../../stack/postgres-server';

const CLUSTER: Cluster = {
  binaries: { postgres: 'postgres', initdb: 'initdb' },
  dataFolder: '/data',
  dataArgument: '/data',
  password: 'p',
  account: null,
};

test.each([
  [0, 200],
  [1, 200],
  [4, 200],
  [8, 300],
  [64, 1_980],
])('for %i workers there are %i connections', (workers, connections) => {
  const flags = serverArguments({ cluster: CLUSTER, port: 1, durable: true, workers });
  expect(flags).toContain(`max_connections=${connections}`);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a server left behind is found where the path of its folder has a link', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'conclave-left-')));
  const [data, link] = [join(folder, 'data'), join(folder, 'link')];
  mkdirSync(data);
  symlinkSync(data, link);
  const left = spawn('sleep', ['60'], { cwd: data });
  try {
    const ended = once(left, 'exit');
    await once(left, 'spawn');
    writeFileSync(join(data, 'postmaster.pid'), `${left.pid}\n`);
    await endLeftoverPostgres(link);
    expect(await ended).toEqual([null, 'SIGINT']);
  } finally {
    left.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
