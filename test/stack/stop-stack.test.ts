// Stopping a stack whose supervisor has taken the lock and does not listen yet.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openControl } from '../../stack/control-server';
import { prepareHome } from '../../stack/home';
import { recordOf } from '../../stack/process-identity';
import { socketPath } from '../../stack/protocol';
import { stopStack } from '../../stack/stack';
import { testConfig } from '../support/test-stack';

const folder = mkdtempSync(join(tmpdir(), 'conclave-stop-'));
const supervisor = spawn('sleep', ['600'], { stdio: 'ignore' });
afterAll(() => {
  supervisor.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves when nothing was found to listen, once. */
const foundNothing = (): Promise<void> => {
  const connect = net.connect;
  return new Promise((resolve) => {
    jest.spyOn(net, 'connect').mockImplementationOnce((path) => {
      const socket = connect(path as unknown as string);
      socket.once('close', () => resolve());
      return socket;
    });
  });
};

test('a supervisor that begins to listen only then is asked to stop all the same', async () => {
  const { config } = testConfig(folder);
  const { run } = await prepareHome(config.home);
  writeFileSync(join(run, 'supervisor.lock'), JSON.stringify(recordOf('supervisor', supervisor.pid!)));
  const tried = foundNothing();
  const stopping = stopStack(config);
  await tried;
  let asked = 0;
  const control = await openControl({
    path: socketPath(run),
    fingerprint: '',
    providers: [],
    status: () => ({ supervisorPid: 1, startedAt: '', ready: false, parts: [], endpoints: null }),
    hasOpenWork: async () => true,
    onStop: () => {
      asked += 1;
      supervisor.kill('SIGKILL');
    },
  });
  try {
    expect(await stopping).toBe(true);
    expect(asked).toBe(1);
  } finally {
    await control.close();
  }
});
