// What a client with other settings does to a stack that it is alone on: nothing, while there is open work.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectControl } from '../../stack/control-client';
import { type ControlServer, openControl } from '../../stack/control-server';
import { type StackEndpoints, type SupervisorMessage, socketPath } from '../../stack/protocol';

const folder = mkdtempSync(join(tmpdir(), 'conclave-control-'));
let open: ControlServer | null = null;
// Ends the clients' side too, also where a test failed.
afterEach(async () => open?.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENDPOINTS: StackEndpoints = {
  databaseUrl: 'postgres://nowhere',
  temporal: { address: 'nowhere:7233', namespace: 'default', uiUrl: null },
  apiUrl: null,
  home: folder,
};

const serving = async (openWork: () => Promise<number>): Promise<() => boolean> => {
  let stopped = false;
  const control = await openControl({
    path: socketPath(folder),
    fingerprint: 'as started',
    providers: ['house'],
    status: () => ({
      supervisorPid: 1,
      startedAt: '2026-01-05T10:00:00.000Z',
      ready: true,
      parts: [],
      endpoints: ENDPOINTS,
    }),
    openWork,
    onStop: () => {
      stopped = true;
    },
  });
  open = control;
  control.ready(ENDPOINTS);
  return () => stopped;
};

/** Gives the first thing that the client is told. */
const attach = async (fingerprint: string): Promise<{ readonly told: Promise<SupervisorMessage> }> => {
  const connection = (await connectControl(folder))!;
  const told = new Promise<SupervisorMessage>((resolve) => connection.onMessage(resolve));
  connection.send({ type: 'attach', pid: process.pid, hold: false, fingerprint });
  return { told };
};

test('a lone client with other settings replaces a stack that has no open work', async () => {
  const stopped = await serving(async () => 0);
  const { told } = await attach('changed');
  expect(await told).toEqual({ type: 'replacing' });
  expect(stopped()).toBe(true);
});

test('under open work it goes on with the stack as it was started', async () => {
  const stopped = await serving(async () => 2);
  const { told } = await attach('changed');
  expect(await told).toMatchObject({ type: 'ready', sameConfig: false, providers: ['house'] });
  expect(stopped()).toBe(false);
});

test('who comes while the work is counted keeps the stack', async () => {
  let counted: (open: number) => void = () => undefined;
  const stopped = await serving(
    () =>
      new Promise((resolve) => {
        counted = resolve;
      }),
  );
  const changed = await attach('changed');
  const same = await attach('as started');
  expect(await same.told).toMatchObject({ type: 'ready', sameConfig: true });
  counted(0);
  expect(await changed.told).toMatchObject({ type: 'ready', sameConfig: false });
  expect(stopped()).toBe(false);
});
