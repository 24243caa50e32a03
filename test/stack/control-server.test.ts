// What a client with other settings does to a stack that it is alone on: nothing, while there is open work.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askStatus, connectControl } from '../../stack/control-client';
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

const starting = async (hasOpenWork: () => Promise<boolean>): Promise<() => boolean> => {
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
    hasOpenWork,
    onStop: () => {
      stopped = true;
    },
  });
  open = control;
  return () => stopped;
};

const serving = async (hasOpenWork: () => Promise<boolean>): Promise<() => boolean> => {
  const stopped = await starting(hasOpenWork);
  open?.ready(ENDPOINTS);
  return stopped;
};

interface Attached {
  /** The first thing that the client is told; null where it is told nothing until the end. */
  readonly told: Promise<SupervisorMessage | null>;
  leave(): Promise<void>;
}

const attach = async (fingerprint: string, hold = false): Promise<Attached> => {
  const connection = (await connectControl(folder))!;
  const told = new Promise<SupervisorMessage | null>((resolve) => {
    connection.onMessage(resolve);
    void connection.closed.then(() => resolve(null));
  });
  connection.send({ type: 'attach', pid: process.pid, hold, fingerprint });
  const leave = async (): Promise<void> => {
    connection.close();
    await connection.closed;
  };
  return { told, leave };
};

test('a lone client with other settings replaces a stack that has no open work', async () => {
  const stopped = await serving(async () => false);
  const { told } = await attach('changed');
  expect(await told).toEqual({ type: 'replacing' });
  expect(stopped()).toBe(true);
});

test('under open work it goes on with the stack as it was started', async () => {
  const stopped = await serving(async () => true);
  const { told } = await attach('changed');
  expect(await told).toMatchObject({ type: 'ready', sameConfig: false, providers: ['house'] });
  expect(stopped()).toBe(false);
});

test('who comes while the work is counted keeps the stack', async () => {
  let counted: (isOpen: boolean) => void = () => undefined;
  const stopped = await serving(
    () =>
      new Promise((resolve) => {
        counted = resolve;
      }),
  );
  const changed = await attach('changed');
  const same = await attach('as started');
  expect(await same.told).toMatchObject({ type: 'ready', sameConfig: true });
  counted(false);
  expect(await changed.told).toMatchObject({ type: 'ready', sameConfig: false });
  expect(stopped()).toBe(false);
});

test('who would keep a stack that ends waits for the end, as every other client does', async () => {
  await serving(async () => false);
  const holder = await attach('as started', true);
  expect(await holder.told).toMatchObject({ type: 'ready' });
  const early = await attach('as started', true);
  expect(await early.told).toMatchObject({ type: 'failed', error: { code: 'second_stack' } });
  open?.ending();
  const late = await attach('as started', true);
  await askStatus(folder);
  await open?.close();
  expect(await late.told).toBeNull();
});

test('when the last client went is known, however short it was there', async () => {
  await serving(async () => false);
  expect(open?.lastLeftMs()).toBe(0);
  const beforeMs = Date.now();
  const client = await attach('as started');
  await client.told;
  await client.leave();
  while (open?.clients() !== 0) await askStatus(folder);
  expect(open?.lastLeftMs()).toBeGreaterThanOrEqual(beforeMs);
});

test('who waits for a stack that is stopped before it is ready is told so, and who comes later waits for the end', async () => {
  await starting(async () => false);
  const waiting = await attach('as started', true);
  await askStatus(folder);
  open?.ending();
  const late = await attach('as started', true);
  await askStatus(folder);
  // Said again once it has ended what it had begun.
  open?.ending();
  await open?.close();
  expect(await waiting.told).toMatchObject({ type: 'failed', error: { code: 'stopped' } });
  expect(await late.told).toBeNull();
});
