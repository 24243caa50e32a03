// The watch over one process, with processes that the test ends by hand.
import { type KeptPart, keepRunning } from '../../stack/keep-running';
import type { ProcessEnd, RunningPart } from '../../stack/running-part';

interface FakePart extends RunningPart {
  die(): void;
}

const fakePart = (pid: number): FakePart => {
  let finish: (end: ProcessEnd) => void = () => undefined;
  const exited = new Promise<ProcessEnd>((resolve) => {
    finish = resolve;
  });
  const die = (): void => finish({ code: null, signal: 'SIGKILL' });
  return { name: 'fake', record: { name: 'fake', pid, identity: 'x' }, exited, die, stop: async () => die() };
};

interface Stage {
  readonly kept: KeptPart;
  readonly parts: FakePart[];
  /** Resolves when this many processes have been started in all. */
  started(count: number): Promise<void>;
}

const stage = async (failing: ReadonlySet<number> = new Set()): Promise<Stage> => {
  const parts: FakePart[] = [];
  let attempts = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  const start = async (): Promise<RunningPart> => {
    attempts += 1;
    if (failing.has(attempts)) throw new Error(`attempt ${attempts} fails`);
    const part = fakePart(attempts);
    parts.push(part);
    return part;
  };
  const onChange = (): void => {
    for (const { count, resolve } of waiting) if (parts.length >= count) resolve();
  };
  const kept = await keepRunning({ name: 'fake', start, onChange, log: () => undefined });
  const started = (count: number): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ count, resolve });
      onChange();
    });
  return { kept, parts, started };
};

test('a process that dies is started again and counted', async () => {
  const { kept, parts, started } = await stage();
  parts[0]?.die();
  await started(2);
  expect(kept.status()).toMatchObject({ state: 'running', restarts: 1, pid: 2 });
  await kept.stop();
});

test('a failed restart is tried again', async () => {
  const { kept, parts, started } = await stage(new Set([2, 3]));
  parts[0]?.die();
  await started(2);
  expect(kept.status()).toMatchObject({ state: 'running', restarts: 3, problem: null });
  await kept.stop();
});

test('a process that was stopped is not started again', async () => {
  const { kept, parts } = await stage();
  await kept.stop();
  expect(parts).toHaveLength(1);
  expect(kept.status()).toMatchObject({ state: 'stopped', restarts: 0 });
});

test('a first start that fails is the caller’s to handle', async () => {
  await expect(stage(new Set([1]))).rejects.toThrow('attempt 1 fails');
});
