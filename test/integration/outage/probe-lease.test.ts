// Four worker processes before one open breaker, over a kill of the one that probes: each window sends one call.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { nodeArguments } from '../../../config/package-root';
import { DEFAULT_BREAKER_SETTINGS } from '../../../domain/outage/breaker';
import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(120_000);

const CALLS_EACH = 6;
const BREAKER = { provider: 'openai', model: 'gpt-4o-mini' };

let test: TestDatabase;
let server: ProviderServer;
let harness: CallHarness;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  test = await freshTestDatabase(5);
  server = await startProviderServer();
  const baseUrl = `${server.as('openai')}/v1`;
  harness = await createCallHarness(
    test.url,
    [{ name: 'openai', kind: 'openai-compatible', baseUrl, readKey: () => 'sk-x' }],
    5,
  );
}, STACK_START_MS);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await harness.close();
  await server.close();
  await test.drop();
});

interface Worker {
  readonly child: ChildProcess;
  readonly name: string;
  /** What became of the calls, once each of these keys has come back. */
  readonly outcomes: (keys: readonly string[]) => Promise<readonly string[]>;
}

const startWorker = async (name: string): Promise<Worker> => {
  const child = spawn(
    process.execPath,
    [...nodeArguments('test/support/gate-worker'), test.url, `${server.as('openai')}/v1`],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  children.add(child);
  const seen = new Map<string, string>();
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    const [key, outcome] = line.split(' ');
    seen.set(key!, outcome ?? '');
  });
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2_000);
  });
  const died = once(child, 'close').then(() => Promise.reject(new Error(`${name} ended: ${complaint}`)));
  died.catch(() => undefined);
  const until = async (keys: readonly string[]): Promise<void> => {
    while (!keys.every((key) => seen.has(key))) await Promise.race([once(lines, 'line'), died]);
  };
  await until(['ready']);
  return {
    child,
    name,
    outcomes: async (keys) => {
      await until(keys);
      return keys.map((key) => seen.get(key)!);
    },
  };
};

/** The worker asks for so many calls at once, under keys that name it. */
const ask = ({ child, name }: Worker, window: string): readonly string[] => {
  const keys = Array.from({ length: CALLS_EACH }, (_, index) => `${name}/${window}/${index}`);
  child.stdin!.write(`${keys.join('\n')}\n`);
  return keys;
};

const askAll = async (workers: readonly Worker[], window: string): Promise<readonly string[]> =>
  (await Promise.all(workers.map((worker) => worker.outcomes(ask(worker, window))))).flat();

const counted = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(outcomes)].map((one) => [one, outcomes.filter((each) => each === one).length]),
  );

const openBreaker = async (): Promise<void> => {
  server.set({ queue: [{ fault: 'black_hole', times: 2 }] });
  for (const key of ['opens-1', 'opens-2']) await harness.call(callInput(key, { deadlineMs: 200 }));
  server.clear();
};

const forward = (ms: number) => harness.stores.worlds.setClockOffsetForTests('live', ms);

/** Which of them holds the lease, and what the others were told meanwhile. */
const probing = async (workers: readonly Worker[], window: string) => {
  const asked = new Map(workers.map((worker) => [worker, ask(worker, window)]));
  await server.waitForCalls(1);
  const { probeHolder } = await harness.stores.breakers.read(BREAKER);
  const holder = workers.find(({ name }) => probeHolder?.startsWith(`${name}/`));
  if (!holder) throw new Error(`nobody holds the lease, but ${probeHolder}`);
  const others = workers.filter((worker) => worker !== holder);
  const told = await Promise.all(others.map((worker) => worker.outcomes(asked.get(worker)!)));
  return { holder, others, told: told.flat() };
};

it('four worker processes send one probe per window, though the one that probes is killed and started again', async () => {
  await openBreaker();
  const workers = await Promise.all(['w0', 'w1', 'w2', 'w3'].map(startWorker));
  const windowMs = DEFAULT_BREAKER_SETTINGS.openMs + 1_000;
  await forward(windowMs);
  server.set({ queue: [{ fault: 'black_hole' }] });
  const { holder, others, told } = await probing(workers, 'first');
  expect(counted(told)).toEqual({ breaker_open: CALLS_EACH * 3 });

  holder.child.kill('SIGKILL');
  await once(holder.child, 'close');
  const everyone = [...others, await startWorker('again')];
  expect(counted(await askAll(everyone, 'leased'))).toEqual({ breaker_open: CALLS_EACH * 4 });
  expect(server.calls()).toHaveLength(1);

  // The dead worker's lease has run out: this and each later window has one probe again, and the third closes.
  for (const [index, window] of ['second', 'third', 'fourth'].entries()) {
    server.clear();
    // Whoever asks after the probe's answer may send another: all have asked by then.
    server.set({ queue: [], delayMs: 4_000 });
    await forward(windowMs * (index + 1) + DEFAULT_BREAKER_SETTINGS.probeLeaseMs);
    expect(counted(await askAll(everyone, window))).toEqual({
      answered: 1,
      breaker_open: CALLS_EACH * 4 - 1,
    });
    expect(server.calls()).toHaveLength(1);
  }
  expect((await harness.stores.breakers.read(BREAKER)).status).toBe('closed');
});
